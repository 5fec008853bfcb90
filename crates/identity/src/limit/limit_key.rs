//! Under what requests are counted together.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wicketgate_protection::{DataProtection, ProtectError, Protector};

use super::{LimitScope, LimitedAction};

/// What requests that count together have in common, as a keyed hash: no store learns an address or a name from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey(u128);

impl LimitKey {
    /// With this value, for tests of stores.
    pub const fn from_u128(value: u128) -> Self {
        Self(value)
    }

    pub(crate) fn as_u128(self) -> u128 {
        self.0
    }

    /// The key that [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }
}

/// 32 hexadecimal digits, whose order is that of the keys.
impl fmt::Display for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Makes keys. They are the same in every instance with the same key ring, until another of its keys protects.
#[derive(Debug, Clone)]
pub(super) struct LimitKeys {
    protector: Protector,
}

impl LimitKeys {
    pub(super) fn new(data_protection: &DataProtection) -> Self {
        Self {
            protector: data_protection.protector(&["Wicketgate", "RateLimits"]),
        }
    }

    /// Of requests about an account, by a name or an id in normalized form.
    pub(super) async fn of_account(&self, action: LimitedAction, account: &str) -> Result<LimitKey, ProtectError> {
        self.of(action, LimitScope::Account, account.as_bytes()).await
    }

    /// Of requests from a client.
    pub(super) async fn of_client(&self, action: LimitedAction, client: IpAddr) -> Result<LimitKey, ProtectError> {
        match counted_as(client) {
            IpAddr::V4(address) => self.of(action, LimitScope::Client, &address.octets()).await,
            IpAddr::V6(address) => self.of(action, LimitScope::Client, &address.octets()).await,
        }
    }

    async fn of(&self, action: LimitedAction, scope: LimitScope, subject: &[u8]) -> Result<LimitKey, ProtectError> {
        // Neither name has a slash in it.
        let mut text = format!("{}/{}/", action.name(), scope.name()).into_bytes();
        text.extend_from_slice(subject);
        let hash = self.protector.keyed_hash(&text).await?;
        Ok(LimitKey(u128::from_be_bytes(hash)))
    }
}

/// An IPv4 address by itself, however it is written, and an IPv6 address with all others of its network of 64 bits: who has
/// one of those has all (GHSA-p6v2-xcpg-h6xw).
pub(super) fn counted_as(client: IpAddr) -> IpAddr {
    /// Bits behind those of a network.
    const HOST_BITS: u32 = 64;
    match client.to_canonical() {
        IpAddr::V6(address) => match of_ipv4_client(address) {
            Some(address) => address.into(),
            None => Ipv6Addr::from_bits(address.to_bits() >> HOST_BITS << HOST_BITS).into(),
        },
        address => address,
    }
}

/// The address of a client with IPv4 that a translator speaks for (RFC 6052, `64:ff9b::/96`): all of them would be in one
/// network otherwise.
fn of_ipv4_client(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))),
        _ => None,
    }
}
