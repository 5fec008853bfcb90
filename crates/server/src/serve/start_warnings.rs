//! What an operator is told at the start, before it does harm.

use std::net::{Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use wicketgate_axum::Identity;

use crate::settings::Settings;

/// Warns of settings with which mailed links would not go out, or would lead wherever a stranger says.
pub(super) fn warn(settings: &Settings, address: SocketAddr) {
    if settings.public_url.is_some() || !settings.allowed_hosts.is_empty() {
        return;
    }
    if settings.trusted_proxies.iter().any(is_everybody) {
        tracing::warn!(
            "`trusted_proxies` covers every address, so any client can choose where mailed links lead: list only your proxies, \
             or set `public_url` or `allowed_hosts`"
        );
    }
    if settings.trusted_proxies.is_empty() && !address.ip().to_canonical().is_loopback() {
        tracing::warn!(
            "mails with links will not be sent, because any client can choose the host that they lead to: set `public_url` to \
             the server's external URL, such as https://id.example.com (or set `allowed_hosts` or `trusted_proxies`)"
        );
    }
}

/// Says that other instances on the same database server do not count the same requests.
pub(super) fn warn_of_lone_limits(settings: &Settings, identity: &Identity) {
    let could_be_shared = settings.identity.rate_limits.enabled && settings.database.is_server();
    if could_be_shared && identity.accounts().stores().rate_limits().is_none() {
        tracing::warn!(
            "each instance counts rate limits by itself: the database has no table for them; run `wicketgate migrate`"
        );
    }
}

/// Says why the endpoints of passkeys are missing.
pub(super) fn warn_of_missing_passkeys(settings: &Settings, identity: &Identity) {
    if settings.identity.passkeys.enabled && !identity.accounts().has_passkeys() {
        tracing::warn!(
            "there are no passkeys: the database has no table AspNetUserPasskeys, which came with version 3 of ASP.NET Core \
             Identity's schema; see `stores.schema_version` and `wicketgate migrate`, or set `passkeys.enabled = false`"
        );
    }
}

/// Whether all of IPv4 or all of IPv6 is in it.
fn is_everybody(network: &IpNet) -> bool {
    let has_ipv4 = matches!(network, IpNet::V6(network)
        if network.prefix_len() <= 96 && network.contains(&Ipv4Addr::UNSPECIFIED.to_ipv6_mapped()));
    network.prefix_len() == 0 || has_ipv4
}
