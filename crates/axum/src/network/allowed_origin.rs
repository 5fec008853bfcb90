//! Origins whose pages may call the API.

use std::{fmt, str::FromStr};

use http::HeaderValue;
use url::{Origin, Url};

/// An origin whose pages may call the API from a browser, such as `https://app.example.test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigin {
    text: String,
    header_value: HeaderValue,
}

/// Why a text is not an origin as browsers send it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowedOriginError {
    /// `*`, alone or as part of a host.
    #[error("a `*` would open the accounts to pages that nobody named: name each origin")]
    Wildcard,
    /// `null`, which every page without an origin sends.
    #[error("every page in a sandbox sends `null`")]
    Null,
    /// Browsers write this origin differently, so that the text would never match.
    #[error("browsers send `{0}`, and compare letter by letter")]
    Otherwise(String),
    /// Not an origin at all.
    #[error("an origin is scheme://host, with :port where it is not the scheme's own")]
    NoOrigin,
}

impl FromStr for AllowedOrigin {
    type Err = AllowedOriginError;

    /// Accepts exactly what browsers send: lower case, without path, trailing slash or default port (RFC 6454, section 6.2).
    /// Anything else would never match.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('*') {
            return Err(AllowedOriginError::Wildcard);
        }
        if text == "null" {
            return Err(AllowedOriginError::Null);
        }
        let sent = serialized(text).ok_or(AllowedOriginError::NoOrigin)?;
        if sent != text {
            return Err(AllowedOriginError::Otherwise(sent));
        }
        Ok(Self {
            text: text.to_owned(),
            header_value: text.parse().map_err(|_| AllowedOriginError::NoOrigin)?,
        })
    }
}

/// What a browser sends from a page at this URL.
fn serialized(text: &str) -> Option<String> {
    let is_absolute = text.contains("://");
    let url = Url::parse(text).ok().filter(|_| is_absolute)?;
    match url.origin() {
        origin @ Origin::Tuple(..) => Some(origin.ascii_serialization()),
        // Apps (`capacitor://localhost`) and browser extensions, whose schemes the crate does not know.
        Origin::Opaque(_) => {
            let host = url.host_str().filter(|host| !host.is_empty())?.to_ascii_lowercase();
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            Some(format!("{}://{host}{port}", url.scheme()))
        }
    }
}

impl fmt::Display for AllowedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AllowedOrigin {
    pub(crate) fn header_value(&self) -> &HeaderValue {
        &self.header_value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowed_origin_is_what_browsers_send() {
        for taken in [
            "https://app.example.test",
            "http://localhost:4200",
            "http://[::1]:4200",
            "https://xn--bcher-kva.test",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        ] {
            assert_eq!(taken.parse::<AllowedOrigin>().unwrap().to_string(), taken);
        }
    }

    #[test]
    fn cve_2025_71403_no_pattern_stands_for_origins() {
        for text in [
            "*",
            "https://*",
            "https://*.example.test",
            "https://app.*",
            "https://app.example.test.*",
        ] {
            assert!(text.parse::<AllowedOrigin>().is_err(), "{text}");
        }
        let allowed: AllowedOrigin = "https://example.test".parse().unwrap();
        for other in [
            "https://a.example.test",
            "https://example.test.evil.test",
            "https://evil-example.test",
        ] {
            assert_ne!(allowed.header_value(), other);
        }
    }

    #[test]
    fn what_browsers_send_otherwise_is_refused_with_what_they_send() {
        for (text, sent) in [
            ("https://a/", "https://a"),
            ("https://a/app", "https://a"),
            ("https://a?b", "https://a"),
            ("https://A", "https://a"),
            ("HTTPS://a", "https://a"),
            ("https://a:443", "https://a"),
            ("http://a:80", "http://a"),
            ("http://a:", "http://a"),
            ("http://a:04200", "http://a:4200"),
            ("https://user@a", "https://a"),
            ("http://127.1", "http://127.0.0.1"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
            ("https://bücher.test", "https://xn--bcher-kva.test"),
            ("capacitor://Localhost/", "capacitor://localhost"),
        ] {
            let error = AllowedOriginError::Otherwise(sent.to_owned());
            assert_eq!(text.parse::<AllowedOrigin>(), Err(error), "{text}");
        }
        for text in [
            "",
            "app.example.test",
            "https://",
            "https://a b",
            "://a",
            "https:a",
            "http://a:99999",
            "data:x",
        ] {
            assert_eq!(
                text.parse::<AllowedOrigin>(),
                Err(AllowedOriginError::NoOrigin),
                "{text}"
            );
        }
        for text in ["*", "https://*.a"] {
            assert_eq!(
                text.parse::<AllowedOrigin>(),
                Err(AllowedOriginError::Wildcard),
                "{text}"
            );
        }
        assert_eq!("null".parse::<AllowedOrigin>(), Err(AllowedOriginError::Null));
    }
}
