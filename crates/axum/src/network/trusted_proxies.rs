//! The proxies whose forwarded headers are trusted.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// Their networks.
#[derive(Debug)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// An IPv4 address or network may also be written as an IPv4-mapped one (`::ffff:10.0.0.0/104`), as a dual-stack socket
    /// sees it.
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into_iter().map(canonical).collect())
    }

    pub(crate) fn trust(&self, peer: IpAddr) -> bool {
        let canonical = peer.to_canonical();
        let contains = |network: &IpNet| network.contains(&canonical) || network.contains(&peer);
        self.0.iter().any(contains)
    }
}

/// The IPv4 network for an IPv4-mapped one (RFC 4291, section 2.5.5.2); others unchanged.
fn canonical(network: IpNet) -> IpNet {
    /// Bits before the IPv4 address.
    const MAPPED: u8 = 96;
    let IpNet::V6(mapped) = network else {
        return network;
    };
    let address = mapped.addr().to_ipv4_mapped();
    let length = mapped.prefix_len().checked_sub(MAPPED);
    match address
        .zip(length)
        .map(|(address, length)| Ipv4Net::new(address, length))
    {
        Some(Ok(network)) => network.into(),
        _ => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv4_is_the_same_written_as_one_of_ipv6() {
        let is_trusted =
            |network: &str, address: IpAddr| TrustedProxies::new(vec![network.parse().unwrap()]).trust(address);
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.1.2.3", "11.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.1"),
            ("::ffff:10.1.2.3/128", "10.1.2.3", "10.1.2.4"),
            ("fd00::/8", "fd00::1", "fe00::1"),
        ] {
            for (address, expected) in [(inside, true), (outside, false)] {
                let address: IpAddr = address.parse().unwrap();
                assert_eq!(is_trusted(network, address), expected, "{network} {address}");
                if let IpAddr::V4(address) = address {
                    let mapped = address.to_ipv6_mapped().into();
                    assert_eq!(is_trusted(network, mapped), expected, "{network} {mapped}");
                }
            }
        }
        assert!(is_trusted("::ffff:0:0/96", "192.0.2.1".parse().unwrap()));
        assert!(
            !is_trusted("10.0.0.0/8", "::a00:1".parse().unwrap()),
            "it is not mapped"
        );
    }
}
