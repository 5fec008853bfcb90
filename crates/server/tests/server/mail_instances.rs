//! Two servers with one database, and a database without a table for mails.

use std::collections::BTreeSet;

use rustix::process::Signal;

use crate::{accounts::register, check_dotnet::golden, mail_sink::MailSink, process::Place};

#[test]
fn two_servers_send_each_mail_once_whichever_took_the_registration() {
    let sink = MailSink::start(0);
    let place = Place::new()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let servers = [place.serve(&[]), place.serve(&[])];
    let expected: BTreeSet<String> = (0..60)
        .map(|number| format!("u{number}@example{}.test", number % 9))
        .collect();
    for (number, email) in expected.iter().enumerate() {
        register(&servers[number % 2], email);
    }
    assert_eq!(sink.recipients(expected.len()), expected);
    for server in servers {
        server.signal(Signal::TERM);
        assert!(server.end().0.success());
    }
    assert!(sink.mails.try_recv().is_err(), "a mail came twice");
}

#[test]
fn without_a_table_for_them_mails_are_in_memory_and_the_start_says_so() {
    let sink = MailSink::start(1);
    let place = golden()
        .with("WICKETGATE__DATABASE__URL", "sqlite://app.db")
        .with("WICKETGATE__KEYS__DIRECTORY", "keys")
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url);
    let mut server = place.serve(&[]);
    register(&server, "grace@example.test");
    server.wait_for("mail not sent, will retry");
    assert!(server.log().contains("mails wait in memory"), "{}", server.log());
    server.signal(Signal::TERM);
    assert!(server.end().0.success());
    assert_eq!(sink.mails.try_recv().unwrap().to, "grace@example.test");

    place.printed(&["migrate"]);
    let mut server = place.serve(&[]);
    register(&server, "edsger@example.test");
    assert_eq!(sink.next().to, "edsger@example.test");
    server.wait_for("answered");
    assert!(!server.log().contains("mails wait in memory"), "{}", server.log());
}
