//! How events are printed: as a table, or as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use time::UtcOffset;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use wicketgate_identity::event::StoredEvent;

/// So that all are as wide.
const TO_THE_MILLISECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// What a row shows where the personal parts were erased.
const ERASED: &str = "(erased)";

/// The names of the columns.
pub(super) fn heading() -> String {
    row("AT", "KIND", "USER", "CLIENT", "DETAIL")
}

/// A line of the table.
pub(super) fn line(event: &StoredEvent) -> String {
    let personal = |text: Option<&str>| match (text, &event.erased_by) {
        (Some(text), _) => printable(text),
        (None, Some(_)) => ERASED.to_owned(),
        (None, None) => "-".to_owned(),
    };
    let user = personal(event.user.as_ref().map(|user| user.as_str()));
    let client = personal(event.client.as_deref());
    let at = event.at.to_offset(UtcOffset::UTC).format(TO_THE_MILLISECOND);
    row(
        &at.unwrap_or_default(),
        &printable(&event.kind),
        &user,
        &client,
        &shown(&detail(event)),
    )
}

fn row(at: &str, kind: &str, user: &str, client: &str, detail: &str) -> String {
    let line = format!("{at:24}  {kind:26}  {user:36}  {client:18}  {detail}");
    format!("{}\n", line.trim_end())
}

/// A line of JSON, with the same members for every event.
pub(super) fn json_line(event: &StoredEvent) -> String {
    let object = json!({
        "id": event.id,
        "at": event.at.format(&Rfc3339).unwrap_or_default(),
        "kind": event.kind,
        "detail": detail(event),
        "user": event.user.as_ref().map(|user| user.as_str()),
        "client": event.client,
        "name_hash": event.name_hash,
        "request_id": event.request_id,
        "seal": event.seal,
        "erased_by": event.erased_by,
    });
    format!("{object}\n")
}

/// What was tampered with may be no JSON any more.
fn detail(event: &StoredEvent) -> Map<String, Value> {
    serde_json::from_str(&event.detail).unwrap_or_else(|_| {
        let unreadable = Value::String(event.detail.clone());
        Map::from_iter([("unreadable".to_owned(), unreadable)])
    })
}

/// `reason=wrong_password count=3`
fn shown(detail: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (name, value) in detail {
        let space = if text.is_empty() { "" } else { " " };
        let value = match value {
            Value::String(value) => printable(value),
            value => printable(&value.to_string()),
        };
        let _ = write!(text, "{space}{}={value}", printable(name));
    }
    text
}

/// Nothing that a terminal obeys, and nothing that looks like two columns or two lines.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|character| match character.is_control() {
            true => character.escape_default().collect::<Vec<_>>(),
            false => vec![character],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_shows_nothing_that_a_terminal_obeys() {
        let detail = json!({"count": 3, "role": "\u{1b}[2J\nadmin\u{9b}1m\tä"});
        let Value::Object(detail) = detail else { unreachable!() };
        assert_eq!(shown(&detail), r"count=3 role=\u{1b}[2J\nadmin\u{9b}1m\tä");
    }
}
