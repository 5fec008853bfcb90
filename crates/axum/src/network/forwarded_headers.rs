//! The `X-Forwarded-*` headers of trusted proxies (.NET's `ForwardedHeadersMiddleware`).

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, HeaderName, HeaderValue, header::HOST};

use super::{
    Host, TrustedProxies,
    request_origin::{HostNamedBy, RequestOrigin, UrlScheme},
};
use crate::dotnet::PathBase;

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// A server that received a request over TLS adds this to its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tls;

/// Where a request was sent, from its client's point of view.
pub(crate) fn origin(request: &Request, proxies: &TrustedProxies) -> RequestOrigin {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    let headers = request.headers();
    let mut origin = direct_origin(request, peer);
    if peer.is_some_and(|peer| proxies.trust(peer)) {
        if let Some(scheme) = last(headers, &X_FORWARDED_PROTO).and_then(scheme) {
            origin.scheme = scheme;
        }
        if let Some(host) = last(headers, &X_FORWARDED_HOST).filter(|host| is_host(host)) {
            origin.host = host_value(host);
            origin.named_by = HostNamedBy::TrustedProxy;
        }
        if let Some(prefix) = last(headers, &X_FORWARDED_PREFIX).and_then(PathBase::parse) {
            origin.path_base = prefix;
        }
    }
    origin
}

fn direct_origin(request: &Request, peer: Option<IpAddr>) -> RequestOrigin {
    let scheme = match request.extensions().get::<Tls>() {
        Some(Tls) => UrlScheme::Https,
        None => UrlScheme::Http,
    };
    // HTTP/2's `:authority` and a target in absolute form take precedence over the header (RFC 9113, section 8.3.1, and
    // RFC 9112, section 3.2.2).
    let host = match request.uri().authority() {
        Some(authority) => Some(host_value(authority.as_str())),
        None => request.headers().get(HOST).cloned(),
    };
    let is_local = peer.is_some_and(|peer| peer.to_canonical().is_loopback());
    RequestOrigin {
        scheme,
        host: host
            .filter(|host| host.to_str().is_ok_and(is_host))
            .unwrap_or(HeaderValue::from_static("")),
        named_by: if is_local {
            HostNamedBy::LocalClient
        } else {
            HostNamedBy::Client
        },
        path_base: PathBase::default(),
    }
}

/// The parsers of URIs and headers have accepted these characters already.
fn host_value(host: &str) -> HeaderValue {
    HeaderValue::from_str(host).unwrap_or(HeaderValue::from_static(""))
}

/// The last of a header's values, which the nearest proxy wrote: only that one is trusted (.NET's `ForwardLimit` of one).
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get_all(name).iter().next_back()?;
    // What stands before it may be no text.
    let last = value.as_bytes().rsplit(|byte| *byte == b',').next()?;
    str::from_utf8(last).ok().map(str::trim)
}

/// Any other scheme would lead a browser to another program, or into a script.
fn scheme(text: &str) -> Option<UrlScheme> {
    [("http", UrlScheme::Http), ("https", UrlScheme::Https)]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, scheme)| scheme)
}

fn is_host(text: &str) -> bool {
    Host::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn seen_by(networks: &[&str], peer: &str, headers: &[(&str, &str)]) -> RequestOrigin {
        let proxies = TrustedProxies::new(networks.iter().map(|network| network.parse().unwrap()).collect());
        let mut builder = Request::builder().header(HOST, "internal:8080");
        for (name, value) in headers {
            builder = builder.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let mut request = builder.body(Body::empty()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        origin(&request, &proxies)
    }

    fn seen(peer: &str, headers: &[(&str, &str)]) -> String {
        seen_by(&["127.0.0.0/8"], peer, headers).to_string()
    }

    const FORWARDED: [(&str, &str); 2] = [("x-forwarded-proto", "https"), ("x-forwarded-host", "id.example.test")];

    #[test]
    fn a_trusted_proxy_is_believed() {
        assert_eq!(seen("127.0.0.1:5000", &FORWARDED), "https://id.example.test");
        assert_eq!(seen("[::ffff:127.0.0.1]:5000", &FORWARDED), "https://id.example.test");
    }

    #[test]
    fn nobody_else_is() {
        assert_eq!(seen("10.0.0.1:5000", &FORWARDED), "http://internal:8080");
    }

    #[test]
    fn the_nearest_proxy_has_the_last_word() {
        let headers = [("x-forwarded-proto", "http"), ("x-forwarded-proto", "http, https")];
        assert_eq!(seen("127.0.0.1:5000", &headers), "https://internal:8080");
        let headers = [
            ("x-forwarded-host", "a.test"),
            ("x-forwarded-host", "b.test, c.test:81"),
        ];
        assert_eq!(seen("127.0.0.1:5000", &headers), "http://c.test:81");
    }

    #[test]
    fn what_a_client_sent_before_the_last_word_may_be_no_text() {
        let mut request = Request::new(Body::empty());
        let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        for (name, value) in [
            (X_FORWARDED_PROTO, &b"\xe9, https"[..]),
            (X_FORWARDED_HOST, b"\xe9,id.example.test"),
        ] {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_bytes(value).unwrap());
        }
        let proxies = TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert_eq!(origin(&request, &proxies).to_string(), "https://id.example.test");
    }

    #[test]
    fn a_prefix_that_a_proxy_took_off_the_path_is_part_of_the_address_again() {
        for (headers, path) in [
            (vec![("x-forwarded-prefix", "/account")], "/account"),
            (vec![("x-forwarded-prefix", "/evil, /account/")], "/account"),
            (vec![("x-forwarded-prefix", "/evil"), ("x-forwarded-prefix", "/")], ""),
            (vec![("x-forwarded-prefix", "/account, //evil.test")], ""),
            (vec![("x-forwarded-prefix", ".evil.test")], ""),
        ] {
            let expected = format!("http://internal:8080{path}");
            assert_eq!(seen("127.0.0.1:5000", &headers), expected, "{headers:?}");
            assert_eq!(seen("10.0.0.1:5000", &headers), "http://internal:8080", "{headers:?}");
        }
    }

    #[test]
    fn a_forwarded_scheme_is_http_or_https_in_any_case() {
        for (scheme, expected) in [("HTTPS", "https"), ("Http", "http"), ("https", "https")] {
            let origin = seen("127.0.0.1:5000", &[("x-forwarded-proto", scheme)]);
            assert_eq!(origin, format!("{expected}://internal:8080"));
        }
        for scheme in [
            "",
            "ftp",
            "javascript",
            "data",
            "httpss",
            "https:",
            "https://",
            "java script",
            "wss",
            "\u{e4}",
        ] {
            let origin = seen("127.0.0.1:5000", &[("x-forwarded-proto", scheme)]);
            assert_eq!(origin, "http://internal:8080", "{scheme}");
        }
    }

    #[test]
    fn a_forwarded_host_that_is_wrong_in_one_way_only_is_passed_over() {
        for host in [
            "",
            " ",
            "user@id.example.test",
            "@id.example.test",
            "id.example.test/",
            "id.example.test/path",
            "id.example.test?a",
            "id.example.test#a",
            "id.example.test\\a",
            "id.example.test:",
            "id.example.test:port",
            "id.example.test:80:80",
            "id.example.test:-80",
            ":80",
            "id example.test",
            "id\texample.test",
            "\"id.example.test\"",
            "'id.example.test'",
            "<id.example.test>",
            "id%2eexample.test",
            "id.example.test;a",
            "*.example.test",
            "http://id.example.test",
            "[::1",
            "::1",
            "[::1]x",
            "[id.example.test]",
            "id.ex\u{e4}mple.test",
            "evil.test,",
            &"a".repeat(300),
        ] {
            let origin = seen_by(&["127.0.0.0/8"], "127.0.0.1:5000", &[("x-forwarded-host", host)]);
            assert_eq!(origin.to_string(), "http://internal:8080", "{host:?}");
            assert_eq!(origin.named_by, HostNamedBy::LocalClient, "{host:?}");
        }
    }

    #[test]
    fn the_host_of_the_target_counts_more_than_the_header() {
        let origin = |uri: &str, host: &str| {
            let request = Request::builder()
                .uri(uri)
                .header(HOST, host)
                .body(Body::empty())
                .unwrap();
            origin(&request, &TrustedProxies::new(Vec::new())).to_string()
        };
        assert_eq!(
            origin("https://id.example.test/a", "evil.test"),
            "http://id.example.test"
        );
        assert_eq!(origin("https://evil@id.example.test/a", "evil.test"), "http://");
        assert_eq!(origin("/a", "id.example.test"), "http://id.example.test");
        assert_eq!(origin("/a", "evil@id.example.test"), "http://");
    }
}
