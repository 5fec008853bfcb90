//! The prefix of a request's path that a proxy removed.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::canonical_path::unescape;

/// All but what a path may contain unescaped (RFC 3986, section 3.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// What every path in a link begins with: nothing, or a path such as `/account` (.NET's `HttpRequest.PathBase`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PathBase(String);

impl PathBase {
    /// A proxy's prefix; `None` unless it begins with exactly one slash. After two, a browser would take the next segment for a
    /// host.
    pub(crate) fn parse(prefix: &str) -> Option<Self> {
        let is_path = prefix.starts_with('/') && !prefix.starts_with("//");
        let path = unescape(prefix).filter(|_| is_path)?;
        let mut escaped = String::with_capacity(path.len());
        for (index, part) in path.split('%').enumerate() {
            if index > 0 {
                escaped.push_str(if begins_with_two_digits(part) { "%" } else { "%25" });
            }
            escaped.extend(utf8_percent_encode(part, ESCAPED));
        }
        // The path that follows begins with a slash of its own.
        if escaped.ends_with('/') {
            escaped.pop();
        }
        Some(Self(escaped))
    }
}

impl fmt::Display for PathBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a `%` before this text begins an escape.
fn begins_with_two_digits(text: &str) -> bool {
    let digits = text.as_bytes().get(..2);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_escaped_where_it_needs_to_be_and_loses_its_closing_slash() {
        for (prefix, expected) in [
            ("/account", "/account"),
            ("/account/", "/account"),
            ("/a/b", "/a/b"),
            ("/", ""),
            ("/a%20b", "/a%20b"),
            ("/a b", "/a%20b"),
            ("/%61%2Fb", "/a%2Fb"),
            ("/kontö", "/kont%C3%B6"),
            ("/100%", "/100%25"),
            ("/a?b#c", "/a%3Fb%23c"),
            ("/a\"<b>", "/a%22%3Cb%3E"),
        ] {
            assert_eq!(PathBase::parse(prefix).unwrap().to_string(), expected, "{prefix}");
        }
    }

    #[test]
    fn what_could_lead_to_another_host_is_no_prefix() {
        for prefix in [
            "",
            "account",
            "//evil.test",
            "//",
            "https://evil.test",
            "@evil.test",
            "\\\\evil.test",
            "/%00",
        ] {
            assert_eq!(PathBase::parse(prefix), None, "{prefix}");
        }
        // Browsers take a backslash for a slash, and pass over tabs.
        assert_eq!(PathBase::parse("/\\evil.test").unwrap().to_string(), "/%5Cevil.test");
        assert_eq!(PathBase::parse("/\t/evil.test").unwrap().to_string(), "/%09/evil.test");
    }
}
