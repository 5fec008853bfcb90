//! What a server does about events while it runs and when it stops.

use rustix::process::Signal;

use super::{place, sealed_place, sql, visit};
use crate::process::PATIENCE;

#[test]
fn events_are_sealed_within_seconds_and_at_the_end() {
    let place = place();
    let server = place.serve(&[]);
    visit(&server, "ada@example.test");
    let start = std::time::Instant::now();
    while !place.printed(&["events", "verify"]).contains(" 0 not sealed yet") {
        assert!(start.elapsed() < PATIENCE, "nobody seals");
    }
    visit(&server, "grace@example.test");
    server.signal(Signal::TERM);
    let (status, log) = server.end();
    assert!(status.success(), "{log}");
    let checked = place.printed(&["events", "verify"]);
    assert!(checked.starts_with("found: 6 events under "), "{checked}");
    let head = checked.lines().find_map(|line| line.strip_prefix("head: ")).unwrap();
    assert!(log.contains(&format!("events are sealed head={head}")), "{log}");
}

#[test]
fn a_deleted_account_is_erased_from_events_at_once_and_the_chain_still_verifies() {
    let place = sealed_place();
    let shown = place.printed(&["users", "show", "ada@example.test"]);
    let id = shown.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    place.printed(&["users", "delete", "ada@example.test"]);
    let json = place.printed(&["events", "list", "--json"]);
    assert!(!json.contains(id), "{json}");
    assert!(json.contains("\"personal_parts_erased\""), "{json}");
    let table = place.printed(&["events", "list"]);
    assert_eq!(
        table.matches("(erased)").count(),
        2 * 4,
        "user and client of four events:\n{table}"
    );
    let checked = place.printed(&["events", "verify"]);
    assert!(
        checked.contains("erased: the personal parts of 4 events\n"),
        "{checked}"
    );
}

#[test]
fn an_account_that_somebody_else_deleted_is_erased_by_the_server() {
    let place = sealed_place();
    if sql(&place, "DELETE FROM AspNetUsers WHERE UserName = 'ada@example.test'").is_none() {
        return;
    }
    let _server = place.serve(&[]);
    let start = std::time::Instant::now();
    while !place
        .printed(&["events", "verify"])
        .contains("erased: the personal parts of 3 events")
    {
        assert!(start.elapsed() < PATIENCE, "nobody erases");
    }
}

#[test]
fn a_database_without_tables_for_events_keeps_none_and_says_what_helps() {
    let place = sealed_place();
    let Some(tables) = sql(
        &place,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'wicketgate_%'",
    ) else {
        return;
    };
    for table in tables.lines() {
        sql(&place, &format!("DROP TABLE {table}"));
    }
    assert_eq!(
        place.refused(&["events", "list"]),
        "no events are kept here: a database gets the tables for them by `wicketgate migrate`"
    );
    let server = place.serve(&[]);
    visit(&server, "edsger@example.test");
    server.signal(Signal::TERM);
    let (_, log) = server.end();
    assert!(
        log.contains("no events are kept, because the database does not have"),
        "{log}"
    );

    place.printed(&["migrate"]);
    let server = place.serve(&[]);
    visit(&server, "barbara@example.test");
    server.signal(Signal::TERM);
    let (_, log) = server.end();
    assert!(!log.contains("no events are kept"), "{log}");
    assert!(
        place
            .printed(&["events", "verify"])
            .starts_with("found: 3 events under ")
    );
}
