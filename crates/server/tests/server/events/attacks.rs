//! Somebody who can write to the tables, but has no keys, and `events verify`.

use super::{sealed_place, sql};
use crate::process::Place;

/// The head that a check prints, which must find nothing wrong.
fn head(place: &Place) -> String {
    let text = place.printed(&["events", "verify"]);
    text.lines()
        .find_map(|line| line.strip_prefix("head: "))
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

/// What a check prints that must find something wrong.
fn wrong(place: &Place, words: &[&str]) -> Vec<String> {
    let output = place.run(&[&["events", "verify"], words].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}{error}");
    assert!(
        error.contains("error: the events are not as they were written: "),
        "{error}"
    );
    let wrong: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with("WRONG: "))
        .map(str::to_owned)
        .collect();
    assert!(!wrong.is_empty(), "{text}");
    wrong
}

#[test]
fn nothing_is_wrong_with_what_nobody_touched() {
    let place = sealed_place();
    let text = place.printed(&["events", "verify"]);
    assert!(text.starts_with("found: 6 events under "), "{text}");
    assert!(text.contains(", and 0 not sealed yet\nhead: "), "{text}");
    place.printed(&["events", "verify", "--expect-head", &head(&place)]);
}

#[test]
fn each_change_of_a_row_is_found() {
    let place = sealed_place();
    let Some(id) = sql(
        &place,
        "SELECT id FROM wicketgate_events WHERE kind = 'sign_in_failed' LIMIT 1",
    ) else {
        return;
    };
    let id = id.trim();
    let changed = format!("WRONG: event {id} was changed or forged");
    let personal = format!("WRONG: the personal parts of event {id} were changed");
    for (change, undo, expected) in [
        ("kind = 'signed_in'", "kind = 'sign_in_failed'", &changed),
        (
            "happened_at = happened_at - 1",
            "happened_at = happened_at + 1",
            &changed,
        ),
        ("detail = '{}' || detail", "detail = substr(detail, 3)", &changed),
        ("user_id = user_id || 'x'", "user_id = rtrim(user_id, 'x')", &personal),
        ("client = client || 'x'", "client = rtrim(client, 'x')", &personal),
        (
            "request_id = request_id || 'x'",
            "request_id = rtrim(request_id, 'x')",
            &personal,
        ),
        ("erased_by = id", "erased_by = NULL", &personal),
    ] {
        let update = |set: &str| sql(&place, &format!("UPDATE wicketgate_events SET {set} WHERE id = '{id}'"));
        update(change);
        let found = wrong(&place, &[]);
        assert!(found.contains(expected), "{change}: {found:?}");
        update(undo);
        place.printed(&["events", "verify"]);
    }
}

#[test]
fn rows_that_are_removed_added_or_moved_are_found() {
    for attack in [
        "DELETE FROM wicketgate_events WHERE kind = 'sign_in_failed'",
        "DELETE FROM wicketgate_events WHERE id = (SELECT max(id) FROM wicketgate_events)",
        "INSERT INTO wicketgate_events SELECT 'ffffffff-0000-7000-8000-000000000000', happened_at, kind, detail, user_id, client, \
         name_hash, request_id, salt, personal_hash, key_number, mac, seal, erased_by FROM wicketgate_events LIMIT 1",
        "UPDATE wicketgate_events SET seal = NULL WHERE kind = 'sign_in_failed'",
        "UPDATE wicketgate_events SET seal = seal + 1",
        "UPDATE wicketgate_event_seals SET last_at = last_at + 1",
        "UPDATE wicketgate_event_seals SET hash = CASE substr(hash, 1, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(hash, 2)",
        "DELETE FROM wicketgate_event_seals WHERE number = 1",
        "UPDATE wicketgate_events SET user_id = NULL, client = NULL, name_hash = NULL, request_id = NULL, salt = NULL, \
         erased_by = 'ffffffff-0000-7000-8000-000000000000' WHERE kind = 'sign_in_failed'",
    ] {
        let place = sealed_place();
        if sql(&place, attack).is_none() {
            return;
        }
        wrong(&place, &[]);
    }
}

#[test]
fn the_newest_events_that_are_cut_off_are_found_by_a_head_that_was_kept_elsewhere() {
    let place = sealed_place();
    let before = head(&place);
    let server = place.serve(&[]);
    super::visit(&server, "edsger@example.test");
    server.signal(rustix::process::Signal::TERM);
    server.end();
    let after = head(&place);
    assert_ne!(before, after);
    // The chain goes on from the older one.
    place.printed(&["events", "verify", "--expect-head", &before]);
    let number = before.split(':').next().unwrap();
    let cut = format!(
        "DELETE FROM wicketgate_events WHERE seal > {number}; DELETE FROM wicketgate_event_seals WHERE number > {number}"
    );
    if sql(&place, &cut).is_none() {
        return;
    }
    assert_eq!(head(&place), before, "by itself the chain is whole");
    wrong(&place, &["--expect-head", &after]);
}

#[test]
fn a_key_that_was_removed_makes_nothing_right() {
    let place = sealed_place();
    if sql(&place, "DELETE FROM wicketgate_event_keys").is_none() {
        return;
    }
    let found = wrong(&place, &[]);
    assert!(found.iter().any(|line| line.contains("cannot be checked")), "{found:?}");
}

#[test]
fn a_head_that_is_none_is_refused() {
    let place = sealed_place();
    assert_eq!(
        place.refused(&["events", "verify", "--expect-head", "1:short"]),
        "invalid value '1:short' for '--expect-head <HEAD>': not NUMBER:HASH, as `events verify` prints it"
    );
}
