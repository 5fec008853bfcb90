//! The client's address behind proxies.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName};

use super::TrustedProxies;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress {
    /// The nearest address that is not a trusted proxy's.
    pub(crate) address: IpAddr,
    /// Whether it says that it sent the request for somebody else, and is nobody who is believed.
    pub(crate) names_another: bool,
}

/// Each proxy appends the address that it saw, so this walks back from the end of `X-Forwarded-For` as long as the addresses are
/// trusted.
pub(crate) fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    proxies: &TrustedProxies,
) -> Option<ClientAddress> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let mut client = peer.ip();
    let headers = headers.get_all(&X_FORWARDED_FOR);
    // Bytes: a client may have sent what is no text, and proxies append to that.
    let mut named = headers
        .iter()
        .rev()
        .flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
    let mut another = named.next();
    while proxies.trust(client) {
        let Some(address) = another.and_then(address) else {
            break;
        };
        client = address;
        another = named.next();
    }
    Some(ClientAddress {
        address: client.to_canonical(),
        names_another: another.is_some() && !proxies.trust(client),
    })
}

/// With or without a port.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(bytes).ok()?.trim();
    let address: Option<SocketAddr> = text.parse().ok();
    address.map_or_else(|| text.parse().ok(), |address| Some(address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request};

    use super::*;

    fn client(peer: &str, forwarded_for: &[&str]) -> String {
        seen(peer, forwarded_for).address.to_string()
    }

    fn seen(peer: &str, forwarded_for: &[&str]) -> ClientAddress {
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
        client_address(request.extensions(), request.headers(), &proxies).unwrap()
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
        for written in ["\u{e9}, 198.51.100.1", "\u{e9},198.51.100.1, 10.0.0.1"] {
            assert_eq!(client("127.0.0.1:5000", &[written]), "198.51.100.1", "{written}");
        }
    }

    #[test]
    fn who_is_not_believed_may_name_another() {
        for (peer, forwarded_for, names_another) in [
            ("192.168.0.1:5000", &["198.51.100.1"][..], true),
            ("10.0.0.1:5000", &["198.51.100.1, 192.168.0.1"], true),
            ("10.0.0.1:5000", &["192.168.0.1"], false),
            ("10.0.0.1:5000", &["198.51.100.1"], false),
            ("10.0.0.1:5000", &["unknown"], false),
            ("10.0.0.1:5000", &[], false),
            ("192.168.0.1:5000", &[], false),
        ] {
            let seen = seen(peer, forwarded_for);
            assert_eq!(seen.names_another, names_another, "{peer} {forwarded_for:?}");
        }
    }

    #[test]
    fn behind_what_is_no_address_nothing_is_believed() {
        for text in [
            "",
            "unknown",
            "_hidden",
            "198.51.100.1, 1.2.3",
            "\"><script>",
            "198.51.100.1, \u{e9}",
        ] {
            assert_eq!(client("127.0.0.1:5000", &[text]), "127.0.0.1", "{text}");
        }
        assert_eq!(client("127.0.0.1:5000", &["198.51.100.1, x, 10.0.0.1"]), "10.0.0.1");
    }
}
