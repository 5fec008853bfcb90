//! Values that one step captures and later steps use.

use std::{collections::HashMap, sync::LazyLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Captures, Regex};
use time::OffsetDateTime;

use crate::{
    authenticator::{one_time_code, wrong_code},
    expectation::Origin,
};

/// The values that earlier steps captured.
pub type Captured = HashMap<String, String>;

/// A placeholder asks for something that cannot be done.
#[derive(Debug, thiserror::Error)]
#[error("cannot fill {{{{{0}}}}}")]
pub struct PlaceholderError(String);

/// Fills the placeholders of a request's text: `{{name}}`, `{{base}}`, `{{totp:KEY:N}}`, `{{tamper:NAME:I}}` and the
/// others of `conformance/README.md`. A value that was never captured is the word `absent`.
///
/// # Errors
/// [`PlaceholderError`] for an argument that is missing or no number, or a key that is no base32.
///
/// ```
/// # use wicketgate_conformance::{Captured, Origin, fill};
/// # use time::OffsetDateTime;
/// let captured = Captured::from([("code".to_owned(), "a+b".to_owned())]);
/// let filled = fill("/confirmEmail?code={{urlencode:code}}", &captured, OffsetDateTime::UNIX_EPOCH, &Origin::LOCAL);
/// assert_eq!(filled.unwrap(), "/confirmEmail?code=a%2Bb");
/// ```
pub fn fill(text: &str, captured: &Captured, now: OffsetDateTime, origin: &Origin) -> Result<String, PlaceholderError> {
    let mut filled = String::with_capacity(text.len());
    let mut copied = 0;
    for placeholder in PLACEHOLDER.captures_iter(text) {
        let (whole, inner) = whole_and_inner(&placeholder);
        filled.push_str(&text[copied..whole.start()]);
        let value = value_of(inner, captured, now, origin).ok_or_else(|| PlaceholderError(inner.to_owned()))?;
        filled.push_str(&value);
        copied = whole.end();
    }
    filled.push_str(&text[copied..]);
    Ok(filled)
}

#[expect(clippy::expect_used, reason = "a constant pattern")]
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{([a-z0-9A-Z_:+-]+)\}\}").expect("the pattern is valid"));

/// What a URL keeps as it is (RFC 3986, unreserved).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn value_of(placeholder: &str, captured: &Captured, now: OffsetDateTime, origin: &Origin) -> Option<String> {
    let absent = || "absent".to_owned();
    let mut words = placeholder.split(':');
    let function = words.next()?;
    let arguments: Vec<&str> = words.collect();
    let number = |index: usize| arguments.get(index)?.parse::<i64>().ok();
    match function {
        "base" => return Some(origin.base()),
        "repeat" => return Some(arguments.first()?.repeat(number(1)?.try_into().ok()?)),
        "totp" | "wrong-totp" | "tamper" | "truncate" | "upper" | "lower" | "spaced" | "urlencode" => {}
        _ => return Some(captured.get(placeholder).cloned().unwrap_or_else(absent)),
    }
    let Some(value) = captured.get(*arguments.first()?).filter(|value| !value.is_empty()) else {
        return Some(absent());
    };
    match function {
        "totp" if arguments.len() == 1 => one_time_code(value, now, 0),
        "totp" => one_time_code(value, now, number(1)?),
        "wrong-totp" => wrong_code(value, now),
        "tamper" => tampered(value, number(1)?),
        "truncate" => Some(value.chars().take(from_start(value, number(1)?)).collect()),
        "upper" => Some(value.to_uppercase()),
        "lower" => Some(value.to_lowercase()),
        "spaced" => {
            let (head, tail) = value.split_at_checked(3).unwrap_or((value, ""));
            Some(format!("{head} {tail}"))
        }
        _ => Some(utf8_percent_encode(value, RESERVED).to_string()),
    }
}

/// `value` with another character at `index`, which counts from the end if it is negative.
fn tampered(value: &str, index: i64) -> Option<String> {
    let mut characters: Vec<char> = value.chars().collect();
    let character = characters.get_mut(from_start(value, index))?;
    *character = if *character == 'A' { 'B' } else { 'A' };
    Some(characters.into_iter().collect())
}

/// An index that may count from the end, as one from the start.
fn from_start(value: &str, index: i64) -> usize {
    let from_start = if index < 0 {
        value.chars().count() as i64 + index
    } else {
        index
    };
    usize::try_from(from_start).unwrap_or(0)
}

fn whole_and_inner<'t>(placeholder: &Captures<'t>) -> (regex::Match<'t>, &'t str) {
    let (whole, [inner]) = (placeholder.get_match(), placeholder.extract().1);
    (whole, inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, PlaceholderError> {
        let captured = Captured::from([
            ("token".to_owned(), "ABcdef".to_owned()),
            ("code".to_owned(), "a+/b_-.~ é".to_owned()),
            ("key".to_owned(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned()),
            ("empty".to_owned(), String::new()),
        ]);
        let now = OffsetDateTime::from_unix_timestamp(59).unwrap();
        fill(text, &captured, now, &Origin::LOCAL)
    }

    #[test]
    fn a_placeholder_becomes_what_was_captured() {
        for (text, expected) in [
            ("Bearer {{token}}", "Bearer ABcdef"),
            ("{{token}}{{token}}", "ABcdefABcdef"),
            (
                "{{never}} [{{empty}}] {{upper:never}} {{upper:empty}}",
                "absent [] absent absent",
            ),
            ("{{base}}/x", "http://127.0.0.1:5000/x"),
            (
                "{{upper:token}} {{lower:token}} {{spaced:token}}",
                "ABCDEF abcdef ABc def",
            ),
            ("{{urlencode:code}}", "a%2B%2Fb_-.~%20%C3%A9"),
            (
                "{{truncate:token:2}} {{truncate:token:-2}} {{truncate:token:50}}",
                "AB ABcd ABcdef",
            ),
            (
                "{{tamper:token:0}} {{tamper:token:1}} {{tamper:token:-1}}",
                "BBcdef AAcdef ABcdeA",
            ),
            ("{{totp:key}} {{totp:key:0}}", "287082 287082"),
            ("{{repeat:x:5}}", "xxxxx"),
            (
                r#"{"a": {}} {{not one}} { {token} }"#,
                r#"{"a": {}} {{not one}} { {token} }"#,
            ),
        ] {
            assert_eq!(filled(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_placeholder_that_cannot_be_filled_is_an_error_and_not_sent() {
        for text in [
            "{{tamper:token:99}}",
            "{{tamper:token}}",
            "{{totp:token}}",
            "{{truncate:token:x}}",
            "{{upper}}",
        ] {
            assert!(filled(text).is_err(), "{text}");
        }
    }
}
