//! Comparing an answer with the recorded one.

use std::{fmt, sync::LazyLock};

use regex::Regex;

/// The headers that are compared; others may differ.
pub const COMPARED_HEADERS: [&str; 7] = [
    "content-type",
    "www-authenticate",
    "location",
    "allow",
    "cache-control",
    "pragma",
    "expires",
];

/// Where the server says it is: `{{base}}` and `{{host}}` of the recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Host and port.
    pub host: &'static str,
}

/// Something came back that was not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which step, request and part of the answer.
    pub place: String,
    /// What was recorded.
    pub expected: String,
    /// What came.
    pub actual: String,
}

/// Whether `actual` is the recorded text `expected`, in which `{{base}}` and `{{host}}` stand for the server's origin
/// and marks such as `<<token>>` for what varies between runs.
///
/// ```
/// # use wicketgate_conformance::{Origin, text_matches};
/// assert!(text_matches(r#"{"sum":<<int>>}"#, r#"{"sum":-12}"#, &Origin::LOCAL));
/// assert!(!text_matches(r#"{"sum":<<int>>}"#, r#"{"sum":null}"#, &Origin::LOCAL));
/// ```
pub fn text_matches(expected: &str, actual: &str, origin: &Origin) -> bool {
    let expected = expected
        .replace("{{base}}", &origin.base())
        .replace("{{host}}", origin.host);
    let mut pattern = String::from(r"\A");
    let mut copied = 0;
    for mark in MARK.find_iter(&expected) {
        pattern.push_str(&regex::escape(&expected[copied..mark.start()]));
        match pattern_of(mark.as_str()) {
            Some(varying) => pattern.push_str(varying),
            None => pattern.push_str(&regex::escape(mark.as_str())),
        }
        copied = mark.end();
    }
    if copied == 0 {
        return expected == actual;
    }
    pattern.push_str(&regex::escape(&expected[copied..]));
    pattern.push_str(r"\z");
    Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(actual))
}

impl Origin {
    /// The origin that replayed requests are sent to.
    pub const LOCAL: Self = Self { host: "127.0.0.1:5000" };

    /// Scheme, host and port.
    pub fn base(&self) -> String {
        format!("http://{}", self.host)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n      want {}\n      got  {}",
            self.place, self.expected, self.actual
        )
    }
}

#[expect(clippy::expect_used, reason = "a constant pattern")]
static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new("<<[a-z0-9-]+>>").expect("the pattern is valid"));

fn pattern_of(mark: &str) -> Option<&'static str> {
    Some(match mark {
        "<<token>>" => "CfDJ8[A-Za-z0-9_-]+",
        "<<code>>" => "[A-Za-z0-9_%-]+",
        "<<base32>>" => "[A-Z2-7]{32}",
        "<<recovery-code>>" => "[2-9BCDFGHJKMNPQRTVWXY]{5}-[2-9BCDFGHJKMNPQRTVWXY]{5}",
        "<<uuid>>" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "<<date>>" => "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "<<int>>" => "-?[0-9]+",
        "<<word>>" => "[A-Za-z]+",
        "<<digits>>" => "[0-9]{6}",
        "<<any>>" => r"(?s:.*)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_text_matches_itself_only() {
        for (expected, actual) in [
            ("", ""),
            ("(a.b)*", "(a.b)*"),
            ("{{base}}/x at {{host}}", "http://127.0.0.1:5000/x at 127.0.0.1:5000"),
            ("\"<<token>>\"", "\"CfDJ8abc-_9\""),
            ("<<code>>", "a%2B_-"),
            ("<<base32>>", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
            ("<<recovery-code>>", "BCDFG-23456"),
            ("<<uuid>>", "58473899-c286-412f-84c7-3c25074a29b4"),
            ("<<date>> <<int>> <<word>>", "2026-01-02 -7 Mild"),
            ("a<<any>>z", "a\nline\nz"),
            ("<<unknown>>", "<<unknown>>"),
        ] {
            assert!(text_matches(expected, actual, &Origin::LOCAL), "{expected}");
        }
        for (expected, actual) in [
            ("", " "),
            ("(a.b)*", "(acb)*"),
            ("<<token>>", "CfDJ8"),
            ("<<token>>", "CfDJ8abc="),
            ("<<base32>>", "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456"),
            ("<<recovery-code>>", "ABCDE-23456"),
            ("<<uuid>>", "58473899-C286-412F-84C7-3C25074A29B4"),
            ("<<int>>", "٣"),
            ("<<word>>", "Mild\n"),
            ("<<unknown>>", "known"),
        ] {
            assert!(!text_matches(expected, actual, &Origin::LOCAL), "{expected} {actual}");
        }
    }
}
