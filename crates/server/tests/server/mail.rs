//! Mail to a real SMTP server.

use std::{collections::BTreeSet, time::Instant};

use rustix::process::Signal;

use crate::{
    accounts::register,
    http::post,
    mail_sink::{MailSink, PATIENCE, encrypted_sink},
    process::Place,
};

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
    register(&server, "ada@example.test");
    assert_eq!(sink.next().to, "ada@example.test");
    server.signal(Signal::TERM);
    let (_, log) = server.end();
    assert!(log.contains("the mail server answered 451"), "{log}");
    assert!(!log.contains("ada@example.test"), "{log}");
}

#[test]
fn a_mail_that_is_due_is_sent_before_the_server_stops() {
    let sink = MailSink::start(0);
    let place = Place::new().with("WICKETGATE__EMAIL__SMTP_URL", &sink.url);
    expect_mail_of_a_server_that_stops(&place, &sink);
}

#[test]
fn a_mail_that_was_refused_for_now_is_sent_by_the_next_server() {
    let sink = MailSink::start(1);
    let place = Place::new().with("WICKETGATE__EMAIL__SMTP_URL", &sink.url);
    let mut server = place.serve(&[]);
    register(&server, "ada@example.test");
    server.wait_for("mail not sent, will retry");
    server.signal(Signal::TERM);
    let (status, log) = server.end();
    assert!(status.success(), "{log}");
    let _server = place.serve(&[]);
    assert_eq!(sink.next().to, "ada@example.test");
}

#[test]
fn without_a_database_mails_are_sent_before_the_server_stops() {
    let sink = MailSink::start(1);
    let place = Place::new()
        .with("WICKETGATE__DATABASE__URL", "memory:")
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url);
    expect_mail_of_a_server_that_stops(&place, &sink);
}

fn expect_mail_of_a_server_that_stops(place: &Place, sink: &MailSink) {
    let server = place.serve(&[]);
    register(&server, "ada@example.test");
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
            r#"{"email":"stall@example.test"}"#,
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
        log.contains("mails stay in the database until they are sent mails=1"),
        "{log}"
    );
    assert!(start.elapsed() < PATIENCE, "{log}");
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
    server.wait_for("mail not sent, will retry");
    assert!(sink.mails.try_recv().is_err());

    place.write("ca.pem", "nothing");
    assert_eq!(
        place.refused(&["serve"]),
        "`email.ca_file` ca.pem contains no PEM certificate"
    );
}
