//! Which host a request is for.

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri, Version,
        header::{CONNECTION, HOST},
    },
    response::{IntoResponse, Response},
};
use wicketgate_axum::network::Host;

/// 400 for a request that does not name one host, or names it in a way that Kestrel refuses (.NET's
/// `Http1Connection.EnsureHostHeaderExists`, RFC 9112, section 3.2). An empty host, which Kestrel lets pass, is refused, too.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let is_right = match request.version() {
        Version::HTTP_2 => names_host_in_http_2(request.uri(), request.headers()),
        version => names_host_in_http_1(version, request.uri(), request.headers()),
    };
    (!is_right).then(|| (StatusCode::BAD_REQUEST, [(CONNECTION, "close")]).into_response())
}

/// Makes HTTP/2's `:authority` the header `Host` as Kestrel does, so that nobody takes another value for the host (RFC 9113,
/// section 8.3.1).
pub(super) fn unify(request: &mut Request) {
    let authority = request
        .uri()
        .authority()
        .filter(|_| request.version() == Version::HTTP_2);
    if let Some(host) = authority.and_then(|authority| HeaderValue::from_str(authority.as_str()).ok()) {
        request.headers_mut().insert(HOST, host);
    }
}

fn names_host_in_http_2(uri: &Uri, headers: &HeaderMap) -> bool {
    match uri.authority() {
        Some(authority) => Host::parse(authority.as_str()).is_some(),
        None => only_host(headers).is_some_and(|host| Host::parse(host).is_some()),
    }
}

fn names_host_in_http_1(version: Version, uri: &Uri, headers: &HeaderMap) -> bool {
    // HTTP/1.0 knows no such header.
    if version == Version::HTTP_10 && !headers.contains_key(HOST) {
        return uri
            .authority()
            .is_none_or(|authority| Host::parse(authority.as_str()).is_some());
    }
    let Some(host) = only_host(headers).and_then(Host::parse) else {
        return false;
    };
    match uri.authority() {
        Some(authority) => Host::parse(authority.as_str()).is_some_and(|target| is_same(target, host, uri)),
        None => true,
    }
}

/// The header, if there is one and no more.
fn only_host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    }
}

/// Whether the header names the host of the target. The scheme's own port may be in one and not in the other.
fn is_same(target: Host<'_>, header: Host<'_>, uri: &Uri) -> bool {
    let default = match uri.scheme_str() {
        Some("http") => Some("80"),
        Some("https") => Some("443"),
        _ => None,
    };
    target.name().eq_ignore_ascii_case(header.name()) && target.port().or(default) == header.port().or(default)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn an_application_sees_the_authority_of_http_2_and_no_other_host() {
        let unified = |version| {
            let mut request = Request::builder()
                .version(version)
                .uri("http://id.example.test/a")
                .header(HOST, "evil.test")
                .header(HOST, "worse.test")
                .body(Body::empty())
                .unwrap();
            unify(&mut request);
            let hosts = request.headers().get_all(HOST).iter();
            hosts.map(|host| host.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(unified(Version::HTTP_2), ["id.example.test"]);
        assert_eq!(unified(Version::HTTP_11), ["evil.test", "worse.test"]);
    }
}
