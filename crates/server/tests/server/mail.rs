//! Mail to a real SMTP server.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use rustix::process::Signal;

use crate::{
    http::post,
    process::{Place, Server},
};

/// A mail server that keeps what it gets. It answers the first `refusals` mails with 451, "try again"; every mail to
/// `busy…` with 450; and mails to `stall…` never.
struct MailSink {
    url: String,
    mails: Receiver<Mail>,
}

struct Mail {
    to: String,
    data: String,
}

/// What all sessions of a sink share.
#[derive(Clone)]
struct Behaviour {
    mails: Sender<Mail>,
    refusals: Arc<AtomicUsize>,
}

impl MailSink {
    fn start(refusals: usize) -> Self {
        Self::start_with(refusals, "smtp", Some)
    }

    /// A sink that talks after `open` made what it talks through of a connection.
    fn start_with<S: Read + Write>(
        refusals: usize,
        scheme: &str,
        open: impl Fn(TcpStream) -> Option<S> + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (sender, mails) = channel();
        let behaviour = Behaviour {
            mails: sender,
            refusals: Arc::new(AtomicUsize::new(refusals)),
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (behaviour, open) = (behaviour.clone(), open.clone());
                // A session that breaks off is the client's affair.
                thread::spawn(move || open(connection.unwrap()).and_then(|stream| session(stream, &behaviour)));
            }
        });
        Self { url, mails }
    }

    fn next(&self) -> Mail {
        self.mails.recv_timeout(PATIENCE).unwrap()
    }

    /// To whom the next mails go.
    fn recipients(&self, mails: usize) -> BTreeSet<String> {
        (0..mails).map(|_| self.next().to).collect()
    }
}

/// Shorter than the server waits for an answer, so that a mail that waits for a stalled one is late.
const PATIENCE: Duration = Duration::from_secs(25);

fn session(stream: impl Read + Write, behaviour: &Behaviour) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    let mut say = String::from("220 sink");
    loop {
        stream.get_mut().write_all(format!("{say}\r\n").as_bytes()).ok()?;
        let line = next_line(&mut stream)?;
        say = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" if refuses(&behaviour.refusals) => "451 ada@example.test is busy",
            "RCPT" => {
                line.split(['<', '>']).nth(1)?.clone_into(&mut to);
                if to.starts_with("stall") {
                    // Until the client gives up.
                    while next_line(&mut stream).is_some() {}
                    return None;
                }
                if to.starts_with("busy") {
                    "450 try later"
                } else {
                    "250 ok"
                }
            }
            "DATA" => {
                stream.get_mut().write_all(b"354 go\r\n").ok()?;
                let data: Vec<String> = std::iter::from_fn(|| next_line(&mut stream))
                    .take_while(|line| line != ".")
                    .collect();
                let mail = Mail {
                    to: to.clone(),
                    data: data.join("\n"),
                };
                behaviour.mails.send(mail).ok()?;
                "250 ok"
            }
            _ => "250 ok",
        }
        .to_owned();
    }
}

fn next_line(stream: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let length = stream.read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

fn refuses(refusals: &AtomicUsize) -> bool {
    let counted = refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    counted.is_ok()
}

fn account(email: &str) -> String {
    format!(r#"{{"email":"{email}","password":"Passw0rd!"}}"#)
}

fn register(server: &Server, email: &str) {
    let answer = post(&server.address, "/register", &account(email));
    assert!(answer.starts_with("HTTP/1.1 200"), "{email}: {answer}");
}

#[test]
fn mail_reaches_the_mail_server_with_its_link_unbroken() {
    let sink = MailSink::start(0);
    let server = Place::new()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__EMAIL__FROM", "Accounts <no-reply@example.test>")
        .serve(&[]);
    let addresses = ["ada@example.test", "Hopper+x@Example.Test", "grace@example.test"];
    for email in addresses {
        register(&server, email);
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
        register(&server, email);
    }
    let dropped = server.wait_for("mail dropped");
    assert!(!dropped.contains("a@b c"), "{dropped}");
    assert!(sink.recipients(2).iter().eq(["\"a b\"@c", "ädä@example.test"]));
}

#[test]
fn recipients_that_are_refused_for_now_or_stall_hold_up_nobody() {
    let sink = MailSink::start(0);
    let server = Place::new()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1")
        .serve(&[]);
    for number in 0..10 {
        register(&server, &format!("busy{number}@example.test"));
        register(&server, &format!("stall{number}@slow.test"));
    }
    // Mail after mail to one address of the domain that others have, too.
    register(&server, "stall@example.test");
    for _ in 0..10 {
        post(
            &server.address,
            "/resendConfirmationEmail",
            &account("stall@example.test"),
        );
    }
    let others: BTreeSet<_> = ["ada@example.test", "grace@example.test", "edsger@other.test"]
        .map(str::to_owned)
        .into();
    for email in &others {
        register(&server, email);
    }
    assert_eq!(sink.recipients(others.len()), others);
}

#[test]
fn a_mail_server_that_stalls_does_not_hold_up_the_end() {
    let sink = MailSink::start(0);
    let mut server = Place::new()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__SHUTDOWN_TIMEOUT", "1s")
        .serve(&[]);
    register(&server, "stall@example.test");
    server.wait_for("answered");
    let start = Instant::now();
    server.signal(Signal::TERM);
    let (status, log) = server.end();
    assert!(status.success(), "{log}");
    assert!(
        log.contains("mail was still waiting to be sent when the server had to stop mails=1"),
        "{log}"
    );
    assert!(start.elapsed() < PATIENCE, "{log}");
}

/// A sink behind TLS from the start, with a certificate that a private authority made, which is `ca.pem` in `place`.
fn encrypted_sink(place: &Place) -> MailSink {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    place.write("ca.pem", &authority.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let config = Arc::new(config);
    MailSink::start_with(0, "smtps", move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        Some(StreamOwned::new(connection, stream))
    })
}

#[test]
fn a_mail_server_of_a_private_authority_is_trusted_by_setting_or_system() {
    for trust in ["WICKETGATE__EMAIL__CA_FILE", "SSL_CERT_FILE"] {
        let place = Place::new();
        let sink = encrypted_sink(&place);
        let server = place
            .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
            .with(trust, "ca.pem")
            .serve(&[]);
        register(&server, "ada@example.test");
        assert_eq!(sink.next().to, "ada@example.test", "{trust}");
    }
}

#[test]
fn a_mail_server_that_nobody_vouches_for_gets_no_mail() {
    let place = Place::new();
    // Another authority than the one that the server trusts; `ca.pem` is overwritten.
    let sink = encrypted_sink(&place);
    drop(encrypted_sink(&place));
    let place = place
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__EMAIL__CA_FILE", "ca.pem");
    let mut server = place.serve(&[]);
    register(&server, "ada@example.test");
    server.wait_for("mail not sent yet");
    assert!(sink.mails.try_recv().is_err());

    place.write("ca.pem", "nothing");
    assert_eq!(
        place.refused(&["serve"]),
        "`email.ca_file` ca.pem has no certificate in PEM"
    );
}

#[test]
fn what_a_killed_server_left_half_written_is_removed_at_the_next_start() {
    let place = Place::new();
    drop(place.serve(&[]));
    let folder = place.path().join("data/mail");
    fs::write(folder.join(".1700000000-0123456789abcdef.part"), "half a mail").unwrap();
    // Of another server that is writing it now.
    let other = folder.join(".1700000000-fedcba9876543210.part");
    let writing = File::create(&other).unwrap();
    writing.lock().unwrap();
    drop(place.serve(&[]));
    let left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(left, [other]);
}

#[test]
fn a_mail_folder_that_is_gone_for_a_while_fails_no_request_and_gets_its_mail_later() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let folder = place.path().join("data/mail");
    let away = place.path().join("data/away");
    fs::rename(&folder, &away).unwrap();
    register(&server, "ada@example.test");
    server.wait_for("mail not sent yet");
    fs::rename(&away, &folder).unwrap();
    server.signal(Signal::TERM);
    assert!(server.end().0.success());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
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
