//! Who counts as one client, and what a key tells.

use std::net::IpAddr;
use std::sync::Arc;

use wicketgate_protection::{DataProtection, SeededRandom, SystemClock};

use crate::limit::limit_key::{LimitKeys, counted_as};
use crate::limit::{LimitKey, LimitedAction};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// better-auth GHSA-p6v2-xcpg-h6xw: each of a network's addresses had a limit of its own.
#[test]
fn ghsa_p6v2_xcpg_h6xw_all_addresses_of_an_ipv6_network_are_one_client() {
    let network = counted_as(address("2001:db8:1:2::1"));
    for same in [
        "2001:db8:1:2::2",
        "2001:db8:1:2:ffff:ffff:ffff:ffff",
        "2001:DB8:1:2:0::",
    ] {
        assert_eq!(counted_as(address(same)), network, "{same}");
    }
    assert_ne!(counted_as(address("2001:db8:1:3::1")), network);
}

#[test]
fn an_ipv4_address_is_one_client_however_it_is_written() {
    for same in ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201", "64:ff9b::192.0.2.1"] {
        assert_eq!(counted_as(address(same)), address("192.0.2.1"), "{same}");
    }
    assert_ne!(counted_as(address("64:ff9b::192.0.2.2")), address("192.0.2.1"));
    assert_eq!(counted_as(address("64:ff9b:1::192.0.2.1")), address("64:ff9b:1::"));
}

#[tokio::test]
async fn keys_are_the_same_for_one_ring_and_tell_actions_scopes_and_rings_apart() {
    let ring = |seed| DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SeededRandom::new(seed)));
    let (data_protection, other_ring) = (ring(1), LimitKeys::new(&ring(2)));
    let (keys, same) = (LimitKeys::new(&data_protection), LimitKeys::new(&data_protection));
    let login = keys.of_account(LimitedAction::Login, "ADA").await.unwrap();
    assert_eq!(same.of_account(LimitedAction::Login, "ADA").await.unwrap(), login);
    let client = address("65.68.65.0");
    for other in [
        keys.of_account(LimitedAction::Login, "ADB").await,
        keys.of_account(LimitedAction::Refresh, "ADA").await,
        keys.of_client(LimitedAction::Login, client).await,
        keys.of_account(LimitedAction::Login, "AD").await,
        other_ring.of_account(LimitedAction::Login, "ADA").await,
    ] {
        assert_ne!(other.unwrap(), login);
    }
}

#[test]
fn a_key_is_read_as_it_was_written_and_texts_are_in_the_order_of_keys() {
    let keys = [0, 1, 0xffff, 1 << 64, u128::MAX].map(LimitKey::from_u128);
    let texts = keys.map(|key| key.to_string());
    assert!(texts.is_sorted());
    for (key, text) in keys.iter().zip(&texts) {
        assert_eq!((LimitKey::parse(text), text.len()), (Some(*key), 32));
    }
    assert_eq!(LimitKey::parse("no key"), None);
}
