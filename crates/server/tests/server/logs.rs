//! What the log shows.

use rustix::process::Signal;

use crate::{
    accounts::ADA,
    http::{access_token, exchange, post},
    process::Place,
};

#[test]
fn logs_show_requests_and_no_secret() {
    let place = Place::new()
        .with("WICKETGATE__LOG", "trace")
        .with("WICKETGATE__LOG_FORMAT", "json");
    let server = place.serve(&[]);
    post(&server.address, "/register", ADA);
    let token = access_token(&post(&server.address, "/login", ADA));
    exchange(
        &server.address,
        &format!(
            "GET /manage/info?code=c0de HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
             x-request-id: my-id\r\nconnection: close\r\n\r\n"
        ),
    );
    post(&server.address, "/forgotPassword", ADA);
    server.signal(Signal::TERM);
    let (_, log) = server.end();

    for secret in [
        "Passw0rd!",
        "ada@example.test",
        "ADA@EXAMPLE.TEST",
        "c0de",
        &token[5..25],
    ] {
        assert!(!log.contains(secret), "{secret} was logged:\n{log}");
    }
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = |path: &str| {
        lines
            .iter()
            .find(|line| line["message"] == "answered" && line["path"] == path)
            .unwrap()
    };
    assert_eq!(answered("/login")["status"], 200);
    assert_eq!(answered("/manage/info")["request"]["id"], "my-id");
}

#[test]
fn every_failed_login_is_logged_with_its_reason() {
    let server = Place::new().with("WICKETGATE__LOG_FORMAT", "json").serve(&[]);
    post(&server.address, "/register", ADA);
    let long = format!(r#"{{"email":"{}","password":"Passw0rd!"}}"#, "a".repeat(257));
    for credentials in [
        r#"{"email":"ada@example.test","password":null}"#,
        r#"{"email":"nobody@example.test","password":null}"#,
        r#"{"email":"nobody@example.test","password":"Passw0rd!"}"#,
        &ADA.replace("Passw0rd!", "wrong"),
        &long,
    ] {
        post(&server.address, "/login", credentials);
    }
    server.signal(Signal::TERM);
    let (_, log) = server.end();
    let messages: Vec<_> = log
        .lines()
        .filter_map(|line| line.split_once(r#""message":"sign-in failed"#))
        .filter_map(|(_, rest)| rest.split('"').next())
        .collect();
    assert_eq!(
        messages,
        [
            ": no password was given",
            ": no such account",
            ": no such account",
            "",
            ": the name or the password is longer than any account's",
        ]
    );
}
