//! Rate limits of a server as it starts by itself.

use rustix::process::Signal;

use crate::{
    http::{exchange, post},
    process::{Place, Server},
};

const WRONG: &str = r#"{"email":"ada@example.test","password":"wrong"}"#;

fn forwarded(address: &str, client: &str) -> String {
    exchange(
        address,
        &format!(
            "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-forwarded-for: {client}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{WRONG}",
            WRONG.len()
        ),
    )
}

/// In all that it logs until it is stopped.
fn lines_with(server: Server, text: &str) -> usize {
    server.signal(Signal::TERM);
    server.end().1.matches(text).count()
}

#[test]
fn logins_are_limited_without_any_setting_and_a_limit_is_one_line_and_one_event() {
    let place = Place::new().with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let server = place.serve(&[]);
    let answers: Vec<String> = (0..80).map(|_| post(&server.address, "/login", WRONG)).collect();
    let count = |status: &str| answers.iter().filter(|answer| answer.starts_with(status)).count();
    // One more for every six seconds that they take.
    assert!((40..60).contains(&count("HTTP/1.1 401")), "{}", count("HTTP/1.1 401"));
    assert_eq!(count("HTTP/1.1 401") + count("HTTP/1.1 429"), answers.len());
    let refused = answers
        .iter()
        .find(|answer| answer.starts_with("HTTP/1.1 429"))
        .unwrap();
    for part in [
        "\r\nretry-after: ",
        "\r\nratelimit-policy: \"login-account\";q=40;w=240\r\n",
        "\"status\":429",
    ] {
        assert!(refused.contains(part), "{refused}");
    }
    let events = loop {
        let events = place.printed(&["events", "list", "--kind", "rate_limit_reached"]);
        if events.lines().count() > 1 {
            break events;
        }
    };
    assert_eq!(events.lines().count(), 2, "{events}");
    assert!(events.contains("action=login scope=account"), "{events}");
    assert_eq!(lines_with(server, "a rate limit is reached"), 1);
}

#[test]
fn a_proxy_that_nobody_named_is_told_of_once() {
    let place = Place::new().with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let server = place.serve(&["--rate-limits-burst", "1", "--rate-limits-login-per-client", "3"]);
    let statuses: Vec<String> = (0..5)
        .map(|number| forwarded(&server.address, &format!("192.0.2.{number}"))[9..12].to_owned())
        .collect();
    assert_eq!(statuses, ["401", "401", "401", "429", "429"]);
    assert_eq!(lines_with(server, "is no trusted proxy"), 1);
}

#[test]
fn behind_a_trusted_proxy_each_client_is_counted_by_itself() {
    let place = Place::new().with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let flags = [
        "--trusted-proxies",
        "127.0.0.1",
        "--rate-limits-burst",
        "1",
        "--rate-limits-login-per-client",
        "1",
    ];
    let server = place.serve(&flags);
    for (client, status) in [
        ("192.0.2.1", "401"),
        ("192.0.2.2", "401"),
        ("192.0.2.66, 192.0.2.2", "429"),
        ("2001:db8::1", "401"),
        ("2001:db8::2", "429"),
    ] {
        assert_eq!(&forwarded(&server.address, client)[9..12], status, "{client}");
    }
}
