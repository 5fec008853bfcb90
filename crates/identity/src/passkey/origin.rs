//! Where the browser was.

use super::relying_party::PasskeyRequest;
use crate::options::PasskeyOptions;

/// Whether the browser was where its request came from (the header `Origin`), or at one of
/// [`PasskeyOptions::origins`](crate::options::PasskeyOptions::origins).
pub(super) fn is_origin_of_request(claimed: &str, options: &PasskeyOptions, request: PasskeyRequest<'_>) -> bool {
    let is_allowed = |allowed: &String| allowed == claimed || is_same_origin(claimed, allowed);
    request.origin.is_some_and(|origin| is_same_origin(claimed, origin)) || options.origins.iter().any(is_allowed)
}

/// As .NET's `Uri` compares them: schemes and hosts without regard to case, the default port as none.
fn is_same_origin(one: &str, other: &str) -> bool {
    match (Origin::parse(one), Origin::parse(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

#[derive(PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// An absolute address without user, path, query and fragment.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        let port = match port {
            None | Some("") => default_port,
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
            Some(_) => return None,
        };
        let is_host = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '/' | '\\' | '?' | '#' | '@');
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let is_origin =
            !host.is_empty() && host.chars().all(is_host) && !scheme.is_empty() && scheme.chars().all(is_scheme);
        is_origin.then(|| Self {
            scheme,
            host: host.to_lowercase(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_as_dotnet_compares_addresses() {
        for (claimed, is_same) in [
            ("https://id.example.test", true),
            ("https://id.example.test/", true),
            ("https://id.example.test:443", true),
            ("HTTPS://ID.example.TEST", true),
            ("http://id.example.test", false),
            ("https://id.example.test:8443", false),
            ("https://id.example.test:99999", false),
            ("https://id.example.test/path", false),
            ("https://id.example.test?", false),
            ("https://x@id.example.test", false),
            ("https://id.example.test.evil.test", false),
            ("https://example.test", false),
            ("https:id.example.test", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_same_origin(claimed, "https://id.example.test"), is_same, "{claimed}");
        }
        assert!(is_same_origin("http://[::1]:5000", "http://[::1]:5000"));
        assert!(!is_same_origin("http://[::1]:5000", "http://[::1]"));
        assert!(!is_same_origin("null", "null"));
    }

    #[test]
    fn an_application_is_allowed_by_name_alone() {
        let options = PasskeyOptions {
            origins: vec![
                "android:apk-key-hash:abc".to_owned(),
                "https://shop.example.test".to_owned(),
            ],
            ..PasskeyOptions::default()
        };
        let request = PasskeyRequest {
            host: "id.example.test",
            origin: None,
        };
        for (claimed, is_allowed) in [
            ("android:apk-key-hash:abc", true),
            ("android:apk-key-hash:ABC", false),
            ("https://shop.example.test:443", true),
            ("https://id.example.test", false),
        ] {
            assert_eq!(
                is_origin_of_request(claimed, &options, request),
                is_allowed,
                "{claimed}"
            );
        }
    }
}
