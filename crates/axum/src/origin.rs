use std::{borrow::Cow, fmt, str::FromStr};

use http::{HeaderValue, Uri, uri::Scheme};

/// Scheme and host that a request was sent to, as its client sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestOrigin {
    pub(crate) scheme: Cow<'static, str>,
    /// Visible ASCII; empty where the request names none. As a header's value, since a copy of that costs nothing, and few
    /// requests need it.
    pub(crate) host: HeaderValue,
}

impl RequestOrigin {
    pub(crate) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }
}

impl fmt::Display for RequestOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host.to_str().unwrap_or_default())
    }
}

/// Where the application is reached from outside, such as `https://id.example.test`; a path may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no public URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an http or https URL without query: {0}")]
pub struct PublicUrlError(String);

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || PublicUrlError(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let is_web = uri.scheme() == Some(&Scheme::HTTP) || uri.scheme() == Some(&Scheme::HTTPS);
        if !is_web || uri.host().is_none_or(str::is_empty) || uri.query().is_some() || text.contains('#') {
            return Err(refused());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An origin whose pages may call the API from a browser, such as `https://app.example.test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigin {
    text: String,
    header_value: HeaderValue,
}

/// The text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an origin (scheme://host or scheme://host:port): {0}")]
pub struct AllowedOriginError(String);

impl FromStr for AllowedOrigin {
    type Err = AllowedOriginError;

    /// Takes exactly what browsers send: lower case, without path or closing slash (RFC 6454, section 6.2). A wildcard is
    /// no origin: with credentials it would open the accounts to every site.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || AllowedOriginError(text.to_owned());
        let (scheme, host) = text.split_once("://").ok_or_else(refused)?;
        let is_host = !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']);
        if scheme.is_empty() || !is_host || text != text.to_ascii_lowercase() {
            return Err(refused());
        }
        let _: Uri = text.parse().map_err(|_| refused())?;
        Ok(Self {
            text: text.to_owned(),
            header_value: text.parse().map_err(|_| refused())?,
        })
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
    fn a_public_url_is_absolute_and_loses_its_closing_slash() {
        assert_eq!(
            "https://id.example.test/".parse::<PublicUrl>().unwrap().to_string(),
            "https://id.example.test"
        );
        assert_eq!(
            "http://a:8080/base".parse::<PublicUrl>().unwrap().to_string(),
            "http://a:8080/base"
        );
        for refused in [
            "",
            "id.example.test",
            "/base",
            "ftp://a",
            "https://a?b=c",
            "https://a/#b",
        ] {
            assert!(refused.parse::<PublicUrl>().is_err(), "{refused}");
        }
    }

    #[test]
    fn an_allowed_origin_is_what_browsers_send() {
        for taken in ["https://app.example.test", "http://localhost:4200", "http://[::1]:4200"] {
            assert!(taken.parse::<AllowedOrigin>().is_ok(), "{taken}");
        }
        for refused in [
            "*",
            "",
            "app.example.test",
            "https://a/",
            "https://A",
            "https://*.a",
            "https://a b",
            "://a",
        ] {
            assert!(refused.parse::<AllowedOrigin>().is_err(), "{refused}");
        }
    }
}
