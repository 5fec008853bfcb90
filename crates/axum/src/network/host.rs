//! Hosts as `Host` headers name them.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A host with an optional port, as in the header `Host` and HTTP/2's `:authority`.
///
/// Accepts what Kestrel accepts (.NET's `HttpUtilities.IsHostHeaderValid`): letters, digits and some punctuation, or an IPv6
/// address in brackets, and optionally a colon and a numeric port. So there is no user information, path, comma or percent
/// sign. Unlike Kestrel it accepts no empty host, no apostrophe, and nothing longer than a DNS name can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host<'a> {
    name: &'a str,
    port: Option<&'a str>,
}

/// A DNS name has at most 253 characters; a port has 5 more.
const LONGEST: usize = 260;

impl<'a> Host<'a> {
    /// `None` for a text that is not a host.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let end = if text.starts_with('[') {
            text.find(']')? + 1
        } else {
            text.find(':').unwrap_or(text.len())
        };
        let (name, rest) = text.split_at(end);
        let port = match rest {
            "" => None,
            rest => Some(rest.strip_prefix(':').filter(|port| is_number(port))?),
        };
        (is_ipv6(name) || is_name(name)).then_some(Self { name, port })
    }

    /// The host without its port; an IPv6 address keeps its brackets.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The port's digits.
    pub fn port(&self) -> Option<&'a str> {
        self.port
    }

    /// Whether the name means the client's own machine: `localhost`, a subdomain of it (RFC 6761, section 6.3), or a loopback
    /// address.
    pub fn is_loopback(&self) -> bool {
        let last_label = self.name.rsplit('.').next().unwrap_or_default();
        let address = self.name.trim_start_matches('[').trim_end_matches(']');
        last_label.eq_ignore_ascii_case("localhost")
            || self.name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
            || address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!$&()-._~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// Whether the text is an IPv6 address in brackets, as far as Kestrel checks.
fn is_ipv6(text: &str) -> bool {
    let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    address.is_some_and(|address| {
        address.len() >= "::1".len()
            && address
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_name_and_perhaps_a_port() {
        for (text, name, port) in [
            ("id.example.test", "id.example.test", None),
            ("ID.Example.Test:8443", "ID.Example.Test", Some("8443")),
            ("127.0.0.1:80", "127.0.0.1", Some("80")),
            ("[::1]", "[::1]", None),
            ("[2001:db8::1]:443", "[2001:db8::1]", Some("443")),
            ("a_b", "a_b", None),
        ] {
            let host = Host::parse(text).unwrap();
            assert_eq!((host.name(), host.port()), (name, port), "{text}");
        }
    }

    #[test]
    fn what_could_end_or_divert_a_link_is_no_host() {
        for text in [
            "",
            ":80",
            "a:",
            "a:b",
            "a:80:80",
            "a:-1",
            "user@a",
            "user:pass@a",
            "a/b",
            "/a",
            "a\\b",
            "a?b",
            "a#b",
            "a,b",
            "a b",
            "a\"b",
            "a'b",
            "a<b",
            "a%2fb",
            "a;b",
            "a*b",
            "ä",
            "[::1",
            "[]",
            "[1]",
            "[::1]a",
            "[::1]:",
            "[::1]@a",
            "[fe80::1%25eth0]",
            "::1",
            &"a".repeat(LONGEST + 1),
        ] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_names_of_this_very_machine_are_loopback() {
        for text in [
            "localhost",
            "LOCALHOST:8080",
            "app.localhost",
            "127.0.0.1",
            "127.9.8.7:1",
            "[::1]:80",
        ] {
            assert!(Host::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "localhost.example.test",
            "mylocalhost",
            "127.0.0.1.example.test",
            "127.1",
            "0.0.0.0",
            "10.0.0.1",
            "[::2]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(!Host::parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
