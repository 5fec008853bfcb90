//! The URL at which an application is reached from outside.

use std::{fmt, str::FromStr};

use url::Url;

use super::Host;

/// The URL at which an application is reached from outside, such as `https://id.example.test`, optionally with a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Why a text is not a public URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// It does not begin with `http://` or `https://`.
    #[error("it does not begin with http:// or https://")]
    Scheme,
    /// It has a user name or password.
    #[error("it has a name or password in it, which every mail would show")]
    UserInfo,
    /// The host is missing, or browsers do not accept the host or port.
    #[error("its host or port is none that a browser can reach")]
    Host,
    /// It has a query or fragment.
    #[error("it has a query or fragment, and paths are put behind it")]
    Query,
    /// The path has a quote, a space, or another character that must be percent-encoded.
    #[error("its path has a character that must be percent-encoded, or a dot segment")]
    Path,
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or(PublicUrlError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(PublicUrlError::Scheme);
        }
        if rest.contains(['?', '#']) {
            return Err(PublicUrlError::Query);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(PublicUrlError::UserInfo);
        }
        if !is_reachable(scheme, authority) {
            return Err(PublicUrlError::Host);
        }
        if !is_path(path) {
            return Err(PublicUrlError::Path);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PublicUrl {
    /// Whether it begins with `https`.
    pub fn is_https(&self) -> bool {
        self.0
            .get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// Its host and port.
    pub fn host(&self) -> Option<Host<'_>> {
        let (_, rest) = self.0.split_once("://")?;
        Host::parse(rest.split('/').next()?)
    }
}

/// Whether browsers understand the host as it is written; for example, they take `0x7f.1` for 127.0.0.1.
fn is_reachable(scheme: &str, authority: &str) -> bool {
    let Some(host) = Host::parse(authority) else {
        return false;
    };
    let is_port = host
        .port()
        .is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let is_itself = |seen: &str| seen.eq_ignore_ascii_case(host.name()) || host.name().starts_with('[');
    let seen = Url::parse(&format!("{scheme}://{authority}"));
    is_port && seen.is_ok_and(|url| url.host_str().is_some_and(is_itself))
}

/// Whether browsers and mail programs leave the path as it is: what RFC 3986 allows there, except the apostrophe.
fn is_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@/".contains(&byte);
    let mut rest = path.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'%', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
            [byte, rest @ ..] if is_plain(*byte) => rest,
            _ => return false,
        };
    }
    !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_absolute_and_loses_its_closing_slash() {
        for (text, url) in [
            ("https://id.example.test/", "https://id.example.test"),
            ("http://a:8080/base", "http://a:8080/base"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
            ("https://A.example.test/a%20b/", "https://A.example.test/a%20b"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().to_string(), url);
        }
    }

    #[test]
    fn what_a_browser_would_not_follow_or_a_mail_would_not_carry_is_refused() {
        use PublicUrlError::{Host, Path, Query, Scheme, UserInfo};
        for (text, error) in [
            ("", Scheme),
            ("id.example.test", Scheme),
            ("/base", Scheme),
            ("ftp://a", Scheme),
            ("https:a", Scheme),
            ("https://a?b=c", Query),
            ("https://a/#b", Query),
            ("https://user@a", UserInfo),
            ("https://user:password@a/", UserInfo),
            ("https://", Host),
            ("https:///a", Host),
            ("https://a:", Host),
            ("https://a:0", Host),
            ("https://a:65536", Host),
            ("https://a:b", Host),
            ("https://a b", Host),
            ("https://a\"b", Host),
            ("https://a'b", Host),
            ("https://a\\b", Host),
            ("https://0x7f.1", Host),
            ("https://1.2.3.4.5", Host),
            ("https://bücher.test", Host),
            ("https://[::g]", Host),
            ("https://a/'b", Path),
            ("https://a/\"b", Path),
            ("https://a/<b>", Path),
            ("https://a/b c", Path),
            ("https://a/%zz", Path),
            ("https://a/\\b", Path),
            ("https://a/b/../c", Path),
            ("https://a/ä", Path),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(error), "{text}");
        }
    }
}
