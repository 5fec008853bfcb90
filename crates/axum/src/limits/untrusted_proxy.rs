//! A proxy that nobody has named: all its clients would share one limit.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use crate::network::ClientAddress;

/// Says once that requests seem to come through a proxy that `trusted_proxies` does not name.
#[derive(Debug, Default)]
pub(crate) struct UntrustedProxy {
    was_told: AtomicBool,
}

impl UntrustedProxy {
    /// A client that says that it sent the request for somebody else, and may be a proxy by its address.
    pub(crate) fn look_at(&self, client: ClientAddress) {
        if !client.names_another || !is_private(client.address) {
            return;
        }
        if self.was_told.load(Relaxed) || self.was_told.swap(true, Relaxed) {
            return;
        }
        tracing::warn!(
            proxy = %client.address,
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

    fn is_told(client: &str, names_another: bool) -> bool {
        let proxy = UntrustedProxy::default();
        let address = client.parse().unwrap();
        proxy.look_at(ClientAddress { address, names_another });
        proxy.was_told.into_inner()
    }

    #[test]
    fn only_who_forwards_and_is_near_may_be_a_proxy() {
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
            assert!(is_told(near, true), "{near}");
            assert!(!is_told(near, false), "{near}");
        }
        for far in ["203.0.113.7", "100.128.0.1", "2001:db8::1"] {
            assert!(!is_told(far, true), "{far}");
        }
    }
}
