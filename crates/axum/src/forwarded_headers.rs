use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, HeaderName, HeaderValue, header::HOST, uri::Authority};
use ipnet::IpNet;

use crate::origin::RequestOrigin;

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Put into a request's extensions by a server that received it over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tls;

/// The networks whose word counts for where a request was sent.
#[derive(Debug)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Where a request was sent, as its client sees it (.NET's `ForwardedHeadersMiddleware`).
    pub(crate) fn origin(&self, request: &Request) -> RequestOrigin {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let headers = request.headers();
        let mut origin = direct_origin(request);
        if peer.is_some_and(|ConnectInfo(peer)| self.trust(peer.ip())) {
            if let Some(scheme) = last(headers, &X_FORWARDED_PROTO).filter(|scheme| is_scheme(scheme)) {
                origin.scheme = scheme.to_owned().into();
            }
            if let Some(host) = last(headers, &X_FORWARDED_HOST).filter(|host| is_host(host)) {
                origin.host = host_value(host);
            }
        }
        origin
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

fn direct_origin(request: &Request) -> RequestOrigin {
    let scheme = match request.extensions().get::<Tls>() {
        Some(Tls) => "https",
        None => "http",
    };
    let host = request.headers().get(HOST).filter(|host| host.to_str().is_ok());
    let authority = || request.uri().authority().map_or("", Authority::as_str);
    RequestOrigin {
        scheme: scheme.into(),
        host: host.cloned().unwrap_or_else(|| host_value(authority())),
    }
}

/// The parser of URIs and headers has taken these characters.
fn host_value(host: &str) -> HeaderValue {
    HeaderValue::from_str(host).unwrap_or(HeaderValue::from_static(""))
}

/// The last of a header's values: what the nearest proxy wrote, which alone is trusted (.NET's `ForwardLimit` of one).
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn is_host(text: &str) -> bool {
    text.parse::<Authority>().is_ok() && !text.contains('@')
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn seen(peer: &str, headers: &[(&str, &str)]) -> String {
        let proxies = TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let mut builder = Request::builder().header(HOST, "internal:8080");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let mut request = builder.body(Body::empty()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        proxies.origin(&request).to_string()
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
    }

    #[test]
    fn what_is_no_scheme_or_host_is_passed_over() {
        let headers = [("x-forwarded-proto", "java script"), ("x-forwarded-host", "a/b@c")];
        assert_eq!(seen("127.0.0.1:5000", &headers), "http://internal:8080");
    }
}
