//! The client's address behind proxies.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName};

use super::TrustedProxies;

pub(crate) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The nearest address that is not a trusted proxy's. Each proxy appends the address that it saw, so this walks back from the
/// end of `X-Forwarded-For` as long as the addresses are trusted.
pub(crate) fn client_address(extensions: &Extensions, headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let mut client = peer.ip();
    let headers = headers.get_all(&X_FORWARDED_FOR);
    let mut named = headers
        .iter()
        .rev()
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    while proxies.trust(client) {
        match named.next().and_then(address) {
            Some(address) => client = address,
            None => break,
        }
    }
    Some(client.to_canonical())
}

/// With or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address: Option<SocketAddr> = text.parse().ok();
    address.map_or_else(|| text.parse().ok(), |address| Some(address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request};

    use super::*;

    fn client(peer: &str, forwarded_for: &[&str]) -> String {
        let networks = ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"];
        let proxies = TrustedProxies::new(networks.map(|network| network.parse().unwrap()).to_vec());
        let mut request = Request::new(Body::empty());
        for value in forwarded_for {
            request
                .headers_mut()
                .append(X_FORWARDED_FOR, value.as_bytes().try_into().unwrap());
        }
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        client_address(request.extensions(), request.headers(), &proxies)
            .unwrap()
            .to_string()
    }

    #[test]
    fn without_a_trusted_proxy_it_is_the_other_end_of_the_connection() {
        assert_eq!(client("203.0.113.7:5000", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(client("[::ffff:203.0.113.7]:5000", &[]), "203.0.113.7");
        assert_eq!(client("127.0.0.1:5000", &[]), "127.0.0.1");
    }

    #[test]
    fn a_trusted_proxy_tells_who_asked_it() {
        assert_eq!(client("127.0.0.1:5000", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("127.0.0.1:5000", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(client("127.0.0.1:5000", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("[fd00::1]:5000", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(
            client("127.0.0.1:5000", &["198.51.100.1, 10.0.0.2", "10.0.0.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn what_a_client_writes_itself_counts_for_nothing() {
        assert_eq!(client("127.0.0.1:5000", &["192.0.2.66, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client("127.0.0.1:5000", &["192.0.2.66", "198.51.100.1, 10.0.0.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn behind_what_is_no_address_nothing_is_believed() {
        for text in ["", "unknown", "_hidden", "198.51.100.1, 1.2.3", "\"><script>"] {
            assert_eq!(client("127.0.0.1:5000", &[text]), "127.0.0.1", "{text}");
        }
        assert_eq!(client("127.0.0.1:5000", &["198.51.100.1, x, 10.0.0.1"]), "10.0.0.1");
    }
}
