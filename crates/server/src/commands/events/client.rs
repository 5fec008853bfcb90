//! A client on the command line, as events have it: its network.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use wicketgate_identity::request::ClientNetwork;

const BITS_OF_IPV4: u8 = ClientNetwork::EVENT_BITS_OF_IPV4;
const BITS_OF_IPV6: u8 = ClientNetwork::EVENT_BITS_OF_IPV6;

/// The network of a client, as events have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client(pub(super) String);

impl FromStr for Client {
    type Err = &'static str;

    /// Takes an address, or the network that a list of events shows.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const TAKES: &str =
            "it takes an address, or a network such as 192.0.2.0/24 or 2001:db8:1::/48: events have no more";
        let address = match text.parse::<IpNet>() {
            Ok(network)
                if matches!(
                    (network.addr().is_ipv4(), network.prefix_len()),
                    (true, BITS_OF_IPV4) | (false, BITS_OF_IPV6)
                ) =>
            {
                network.addr()
            }
            Ok(_) => return Err(TAKES),
            Err(_) => text.parse::<IpAddr>().map_err(|_| TAKES)?,
        };
        let network = ClientNetwork::truncated(address, BITS_OF_IPV4, BITS_OF_IPV6);
        network.map(|network| Self(network.to_string())).ok_or(TAKES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_for_the_network_that_events_have() {
        for (text, network) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("2001:db8:1::/48", "2001:db8:1::/48"),
        ] {
            assert_eq!(text.parse(), Ok(Client(network.to_owned())), "{text}");
        }
        for text in ["", "localhost", "192.0.2.0/25", "192.0.0.0/16", "2001:db8::/32"] {
            assert!(text.parse::<Client>().is_err(), "{text}");
        }
    }
}
