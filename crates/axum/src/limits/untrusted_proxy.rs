//! A proxy that nobody has named: all its clients would share one limit.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use http::HeaderMap;

use crate::network::X_FORWARDED_FOR;

/// Says once that requests seem to come through a proxy that `trusted_proxies` does not name.
#[derive(Debug, Default)]
pub(crate) struct UntrustedProxy {
    was_told: AtomicBool,
}

impl UntrustedProxy {
    /// `client` is the nearest address that is not a trusted proxy's.
    pub(crate) fn look_at(&self, client: Option<IpAddr>, headers: &HeaderMap) {
        let Some(client) = client.filter(|client| is_private(*client) && headers.contains_key(&X_FORWARDED_FOR)) else {
            return;
        };
        if self.was_told.load(Relaxed) || self.was_told.swap(true, Relaxed) {
            return;
        }
        tracing::warn!(
            proxy = %client,
            "a request with X-Forwarded-For comes from a private address that is no trusted proxy: if it is your proxy, name it \
             in `trusted_proxies`, or all its clients share one rate limit"
        );
    }
}

/// Where proxies are, and hardly ever clients.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private() || address.is_loopback() || address.is_link_local() || is_shared(address)
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local(),
    }
}

/// `100.64.0.0/10` (RFC 6598), which clouds use for their load balancers.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_told(client: &str, headers: &HeaderMap) -> bool {
        let proxy = UntrustedProxy::default();
        proxy.look_at(Some(client.parse().unwrap()), headers);
        proxy.was_told.into_inner()
    }

    #[test]
    fn only_who_forwards_and_is_near_may_be_a_proxy() {
        let mut forwarded = HeaderMap::new();
        forwarded.insert(X_FORWARDED_FOR, "203.0.113.7".parse().unwrap());
        for near in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "100.64.0.1",
            "169.254.1.1",
            "fd00::1",
            "::1",
        ] {
            assert!(is_told(near, &forwarded), "{near}");
            assert!(!is_told(near, &HeaderMap::new()), "{near}");
        }
        for far in ["203.0.113.7", "100.128.0.1", "2001:db8::1"] {
            assert!(!is_told(far, &forwarded), "{far}");
        }
    }
}
