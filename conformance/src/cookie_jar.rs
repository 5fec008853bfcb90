//! The cookies of one client.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;

use crate::scenario::CookieExpectation;

/// The cookies of one client. It keeps names and values and sends them all; what the attributes say is compared with
/// the recording, not obeyed, but for a deletion.
#[derive(Debug, Clone, Default)]
pub struct CookieJar {
    cookies: BTreeMap<String, String>,
}

impl CookieJar {
    /// Takes the `Set-Cookie` lines of an answer, and gives them as they are recorded: sorted by name, values that vary
    /// as marks.
    pub fn receive(&mut self, lines: &[String]) -> Vec<CookieExpectation> {
        let mut received: Vec<_> = lines.iter().map(|line| self.receive_one(line)).collect();
        received.sort_by(|a, b| a.name.cmp(&b.name));
        received
    }

    /// The value of a cookie.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// The `Cookie` header, if there is any cookie.
    pub fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn receive_one(&mut self, line: &str) -> CookieExpectation {
        let mut parts = line.split("; ");
        let pair = parts.next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let attributes: Vec<String> = parts.map(str::to_owned).collect();
        if attributes.iter().any(|attribute| attribute == DELETED) {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        CookieExpectation {
            name: name.to_owned(),
            value: masked(name, value).to_owned(),
            attributes,
        }
    }
}

/// The attribute by which a cookie is deleted.
const DELETED: &str = "expires=Thu, 01 Jan 1970 00:00:00 GMT";

#[expect(clippy::expect_used, reason = "a constant pattern")]
static CHUNK: LazyLock<Regex> = LazyLock::new(|| Regex::new("C[0-9]+$").expect("the pattern is valid"));

fn masked<'v>(name: &str, value: &'v str) -> &'v str {
    if value.starts_with("CfDJ8") {
        "<<token>>"
    } else if !value.is_empty() && CHUNK.is_match(name) {
        "<<chunk>>"
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_cookie_is_kept_sent_and_deleted() {
        let mut jar = CookieJar::default();
        assert_eq!(jar.header(), None);
        jar.receive(&lines(&["b=2; path=/", "a=1=1; path=/; httponly"]));
        assert_eq!(jar.header().unwrap(), "a=1=1; b=2");
        jar.receive(&lines(&["a=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/"]));
        assert_eq!((jar.get("a"), jar.get("b")), (None, Some("2")));
    }

    #[test]
    fn cookies_are_reported_by_name_with_marks_for_what_varies() {
        let mut jar = CookieJar::default();
        let received = jar.receive(&lines(&[
            "s=chunks-2; path=/",
            "sC1=abc",
            "sC2=",
            "a=CfDJ8xyz; path=/; httponly",
        ]));
        let short: Vec<_> = received
            .iter()
            .map(|cookie| (cookie.name.as_str(), cookie.value.as_str()))
            .collect();
        assert_eq!(
            short,
            [("a", "<<token>>"), ("s", "chunks-2"), ("sC1", "<<chunk>>"), ("sC2", "")]
        );
        assert_eq!(received[0].attributes, ["path=/", "httponly"]);
    }
}
