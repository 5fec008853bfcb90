use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use rustix::process::Signal;

use crate::{http::post, process::Place};

/// A mail server that keeps what it gets. It answers the first `refusals` mails with 451, "try again".
struct MailSink {
    url: String,
    mails: Receiver<Mail>,
}

struct Mail {
    to: String,
    data: String,
}

impl MailSink {
    fn start(refusals: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (sender, mails) = channel();
        thread::spawn(move || {
            let mut refusals = refusals;
            for connection in listener.incoming() {
                session(connection.unwrap(), &sender, &mut refusals);
            }
        });
        Self { url, mails }
    }

    fn next(&self) -> Mail {
        self.mails.recv_timeout(Duration::from_secs(60)).unwrap()
    }
}

fn session(connection: TcpStream, mails: &Sender<Mail>, refusals: &mut usize) {
    let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
    let say = |text: &str| (&connection).write_all(format!("{text}\r\n").as_bytes()).unwrap();
    let mut to = String::new();
    say("220 sink");
    while let Some(Ok(line)) = lines.next() {
        match line.get(..4).unwrap_or_default() {
            "EHLO" => say("250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8"),
            "MAIL" if *refusals > 0 => {
                *refusals -= 1;
                say("451 ada@example.test is busy");
            }
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap().to_owned();
                say("250 ok");
            }
            "DATA" => {
                say("354 go");
                let data: Vec<String> = lines
                    .by_ref()
                    .map_while(Result::ok)
                    .take_while(|line| line != ".")
                    .collect();
                mails
                    .send(Mail {
                        to: to.clone(),
                        data: data.join("\n"),
                    })
                    .unwrap();
                say("250 ok");
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok"),
        }
    }
}

fn account(email: &str) -> String {
    format!(r#"{{"email":"{email}","password":"Passw0rd!"}}"#)
}

#[test]
fn mail_reaches_the_mail_server_in_order_with_its_link_unbroken() {
    let sink = MailSink::start(0);
    let server = Place::new()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__EMAIL__FROM", "Accounts <no-reply@example.test>")
        .serve(&[]);
    let addresses = ["ada@example.test", "Hopper+x@Example.Test", "grace@example.test"];
    for email in addresses {
        let answer = post(&server.address, "/register", &account(email));
        assert!(answer.starts_with("HTTP/1.1 200"), "{email}: {answer}");
    }
    for email in addresses {
        let mail = sink.next();
        assert_eq!(mail.to, email);
        let (head, body) = mail.data.split_once("\n\n").unwrap();
        for expected in [
            "From: Accounts <no-reply@example.test>",
            "Subject: Confirm your email",
            "MIME-Version: 1.0",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(
                head.lines().any(|line| line == expected),
                "{expected} is missing:\n{head}"
            );
        }
        let link = format!("<a href='http://{}/confirmEmail?userId=", server.address);
        assert!(body.contains(&link) && body.trim_end().lines().count() == 1, "{body}");
    }
}

#[test]
fn a_mail_that_was_refused_for_now_is_tried_again_and_the_log_names_no_address() {
    let sink = MailSink::start(1);
    let place = Place::new().with("WICKETGATE__EMAIL__SMTP_URL", &sink.url);
    let server = place.serve(&[]);
    post(&server.address, "/register", &account("ada@example.test"));
    assert_eq!(sink.next().to, "ada@example.test");
    server.signal(Signal::TERM);
    let (_, log) = server.end();
    assert!(log.contains("the mail server answered 451"), "{log}");
    assert!(!log.contains("ada@example.test"), "{log}");
}

#[test]
fn a_mail_that_was_taken_is_sent_before_the_server_stops() {
    let sink = MailSink::start(1);
    let place = Place::new().with("WICKETGATE__EMAIL__SMTP_URL", &sink.url);
    let server = place.serve(&[]);
    post(&server.address, "/register", &account("ada@example.test"));
    server.signal(Signal::TERM);
    assert!(server.end().0.success());
    assert_eq!(sink.mails.try_recv().unwrap().to, "ada@example.test");
}

#[test]
fn an_address_that_no_mail_reaches_is_dropped_and_holds_up_nobody() {
    let sink = MailSink::start(0);
    let place = Place::new()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__USER__ALLOWED_USER_NAME_CHARACTERS", "");
    let mut server = place.serve(&[]);
    for email in ["a@b c", "a b@c", "ädä@example.test"] {
        let answer = post(&server.address, "/register", &account(email));
        assert!(answer.starts_with("HTTP/1.1 200"), "{email}: {answer}");
    }
    let dropped = server.wait_for("mail dropped");
    assert!(!dropped.contains("a@b c"), "{dropped}");
    assert_eq!(sink.next().to, "\"a b\"@c");
    assert_eq!(sink.next().to, "ädä@example.test");
}

#[cfg(unix)]
#[test]
fn without_a_mail_server_mail_is_a_file_that_only_the_owner_reads() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let server = place.serve(&["--email-directory", "post"]);
    post(&server.address, "/register", &account("ada@example.test"));
    server.signal(Signal::TERM);
    server.end();

    let folder = place.path().join("post");
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().unwrap(), "eml");
    assert!(
        fs::read_to_string(&files[0])
            .unwrap()
            .contains("\r\nTo: ada@example.test\r\n")
    );
    assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}
