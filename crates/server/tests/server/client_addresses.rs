//! Who asked, and in which request, on every line of the log.

use std::fs::{self, File};

use serde_json::Value;

use crate::{
    accounts::ADA,
    http::{exchange, post},
    process::Place,
};

/// What is logged of logins with a wrong password until the account is locked, behind a proxy that says who asked.
fn log_of_wrong_logins(settings: &[(&str, &str)]) -> Vec<Value> {
    let place = Place::new()
        .with("WICKETGATE__LOG_FORMAT", "json")
        .with("WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", "2")
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let place = settings
        .iter()
        .fold(place, |place, (name, value)| place.with(name, value));
    let log = place.path().join("log");
    let mut server = place.serve_unread(File::create(&log).unwrap());
    post(&server.address, "/register", ADA);
    let wrong = ADA.replace("Passw0rd!", "wrong");
    for _ in 0..3 {
        let request = format!(
            "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-request-id: my-id\r\n\
             x-forwarded-for: 192.0.2.66, 203.0.113.77\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{wrong}",
            wrong.len()
        );
        assert!(exchange(&server.address, &request).starts_with("HTTP/1.1 401"));
    }
    server.stop();
    let log = fs::read_to_string(log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line["request"]["id"] == "my-id").collect()
}

fn messages(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["message"].as_str()).collect()
}

#[test]
fn every_line_about_a_request_says_who_asked_through_a_trusted_proxy() {
    let lines = log_of_wrong_logins(&[("WICKETGATE__TRUSTED_PROXIES", "127.0.0.0/8")]);
    assert_eq!(
        messages(&lines),
        [
            "sign-in failed",
            "answered",
            "sign-in failed",
            "answered",
            "sign-in refused",
            "answered"
        ]
    );
    assert_eq!(lines[2]["outcome"], "LockedOut");
    for line in &lines {
        assert_eq!(line["request"]["client"], "203.0.113.77", "{line}");
    }
}

#[test]
fn an_address_that_no_trusted_proxy_told_is_not_believed() {
    for line in log_of_wrong_logins(&[]) {
        assert_eq!(line["request"]["client"], "127.0.0.1", "{line}");
    }
}

#[test]
fn the_id_and_the_address_are_there_at_every_level() {
    let lines = log_of_wrong_logins(&[("WICKETGATE__LOG", "warn")]);
    assert_eq!(messages(&lines).len(), 4);
    assert!(messages(&lines)[0].contains("is no trusted proxy"), "{}", lines[0]);
    assert_eq!(
        messages(&lines[1..]),
        ["sign-in failed", "sign-in failed", "sign-in refused"]
    );
    for line in &lines {
        assert_eq!(line["request"]["client"], "127.0.0.1", "{line}");
    }
}

#[test]
fn a_setting_shortens_addresses_or_leaves_them_out() {
    let proxies = ("WICKETGATE__TRUSTED_PROXIES", "127.0.0.0/8");
    for (how_much, shown) in [("prefix", Value::from("203.0.113.0/24")), ("off", Value::Null)] {
        let lines = log_of_wrong_logins(&[proxies, ("WICKETGATE__LOG_CLIENT_ADDRESS", how_much)]);
        assert_eq!(lines.len(), 6);
        for line in &lines {
            assert_eq!(line["request"]["client"], shown, "{line}");
        }
    }
}
