//! What `events list` shows.

use serde_json::Value;

use super::{place, sealed_place};
use crate::process::Place;

/// The events as JSON, newest first.
fn list(place: &Place, words: &[&str]) -> Vec<Value> {
    let text = place.printed(&[&["events", "list", "--json"], words].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_list_has_the_newest_event_first_and_what_the_conditions_say() {
    let place = sealed_place();
    place.printed(&["users", "add-role", "ada@example.test", "Manager"]);
    let all = list(&place, &[]);
    assert_eq!(
        kinds(&all),
        [
            "role_added",
            "signed_in",
            "sign_in_failed",
            "registered",
            "signed_in",
            "sign_in_failed",
            "registered"
        ]
    );
    assert_eq!(all[0]["detail"]["role"], "Manager");
    assert_eq!(all[1]["detail"]["method"], "password");
    assert_eq!(all[2]["detail"]["reason"], "wrong_password");
    assert_eq!(all[1]["client"], "127.0.0.0/24");
    assert_eq!(all[0]["client"], Value::Null, "a command has no client");

    let shown = place.printed(&["users", "show", "ada@example.test"]);
    let id = shown.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    for user in ["ada@example.test", "ADA@example.test", id] {
        let of_ada = list(&place, &["--user", user]);
        assert_eq!(
            kinds(&of_ada),
            ["role_added", "signed_in", "sign_in_failed", "registered"],
            "{user}"
        );
        assert!(of_ada.iter().all(|event| event["user"] == id));
    }
    for (words, expected) in [
        (&["--kind", "signed_in"][..], 2),
        (&["--kind", "signed_in", "--user", id], 1),
        (&["--client", "127.0.0.99"], 6),
        (&["--client", "192.0.2.1"], 0),
        (&["--since", "1h"], 7),
        (&["--since", "2026-01-01", "--until", "1h"], 0),
        (&["--limit", "3"], 3),
        (&["--limit", "0"], 0),
    ] {
        assert_eq!(list(&place, words).len(), expected, "{words:?}");
    }
    assert_eq!(kinds(&list(&place, &["--limit", "1"])), ["role_added"]);
}

#[test]
fn a_table_has_a_line_for_each_event_and_nothing_of_a_password_or_an_address() {
    let place = sealed_place();
    let table = place.printed(&["events", "list"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 7, "{table}");
    assert!(lines[0].starts_with("AT "), "{table}");
    assert!(
        lines[1].contains("  signed_in  ") && lines[1].ends_with("  127.0.0.0/24        method=password"),
        "{table}"
    );
    for secret in ["Passw0rd!", "ada@example.test", "127.0.0.1"] {
        assert!(!table.contains(secret), "{table}");
    }
}

#[test]
fn what_cannot_be_a_condition_is_said_in_one_line() {
    let place = sealed_place();
    for (words, expected) in [
        (
            &["--user", "nobody"][..],
            "there is no account with the user name, address or id `nobody`; what events said of a deleted account is \
             erased",
        ),
        (
            &["--client", "10.0.0.0/8"],
            "invalid value '10.0.0.0/8' for '--client <ADDRESS>': it takes an address, or a network such as \
             192.0.2.0/24 or 2001:db8:1::/48: events have no more",
        ),
        (
            &["--since", "yesterday"],
            "invalid value 'yesterday' for '--since <TIME>': it takes a time such as 2026-11-28, \
             2026-11-28T08:30:00Z, or 2h for two hours ago",
        ),
    ] {
        assert_eq!(place.refused(&[&["events", "list"], words].concat()), expected);
    }
    let refusal = place.refused(&["events", "list", "--kind", "sign_in"]);
    assert!(
        refusal.starts_with("invalid value 'sign_in' for '--kind <KIND>' [possible values: registered, ")
            && refusal.contains(", signed_in, ")
            && refusal.ends_with("a similar value exists: 'signed_in'"),
        "{refusal}"
    );
}

#[test]
fn strangers_are_counted_and_not_listed_one_by_one() {
    let place = place();
    let server = place.serve(&[]);
    for number in 0..20 {
        let account = format!(r#"{{"email":"nobody{number}@example.test","password":"wrong"}}"#);
        crate::http::post(&server.address, "/login", &account);
    }
    // Their minute is not over.
    assert!(list(&place, &["--kind", "sign_in_failed"]).is_empty());
    assert!(list(&place, &[]).len() <= 1);
}
