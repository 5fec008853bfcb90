//! An account's row, and the types of its columns.

use std::fmt;

use time::OffsetDateTime;
use wicketgate_protection::Random;

use crate::text::random::{new_base32, new_guid};

/// An account, as a row of `AspNetUsers` (.NET's `IdentityUser`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Never changes.
    pub id: UserId,
    /// The name to log in with; the Identity API uses the e-mail address.
    pub user_name: Option<String>,
    /// Normalized [`user_name`](Self::user_name); unique.
    pub normalized_user_name: Option<NormalizedName>,
    /// Where mail goes.
    pub email: Option<String>,
    /// Normalized [`email`](Self::email); unique only if the options say so.
    pub normalized_email: Option<NormalizedName>,
    /// Whether the user followed the link mailed to the address.
    pub email_confirmed: bool,
    /// `None` for accounts that sign in elsewhere.
    pub password_hash: Option<PasswordHash>,
    /// Changes with every change of credentials, which ends everything that carries the old one.
    pub security_stamp: Option<SecurityStamp>,
    /// Changes with every write of the row.
    pub concurrency_stamp: Option<ConcurrencyStamp>,
    /// A telephone number.
    pub phone_number: Option<String>,
    /// Whether the number is confirmed.
    pub phone_number_confirmed: bool,
    /// Whether a password alone is not enough.
    pub two_factor_enabled: bool,
    /// Locked out until this instant, if it is in the future.
    pub lockout_end: Option<OffsetDateTime>,
    /// Whether failures can lock this account.
    pub lockout_enabled: bool,
    /// Failures since the last success or lockout.
    pub access_failed_count: i32,
}

impl User {
    /// Whether the account is locked at this instant. A lockout includes its last instant, and is ignored if failures
    /// cannot lock the account.
    pub fn is_locked_out(&self, now: OffsetDateTime) -> bool {
        self.lockout_enabled && self.lockout_end.is_some_and(|end| end >= now)
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes text that already has this form, as from a database.
            pub fn from_stored(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text! {
    /// A user's id: lower-case GUID text for accounts made here.
    UserId
}
text! {
    /// A normalized name or address: Unicode form C, simple invariant upper case.
    NormalizedName
}
text! {
    /// Base32 of 20 random bytes. Sessions and links with an old one are no longer valid.
    SecurityStamp
}
text! {
    /// GUID text that changes with every write of the row, for EF Core's optimistic concurrency.
    ConcurrencyStamp
}
text! {
    /// A stored password hash. `Debug` does not show it.
    PasswordHash
}

impl UserId {
    /// A new id, as .NET's `IdentityUser` makes them.
    pub fn generate(random: &dyn Random) -> Self {
        Self(new_guid(random))
    }
}

impl SecurityStamp {
    /// A new stamp, as .NET's `UserManager` makes them.
    pub fn generate(random: &dyn Random) -> Self {
        Self(new_base32(random))
    }
}

impl ConcurrencyStamp {
    /// A new stamp, as EF Core's user store makes them.
    pub fn generate(random: &dyn Random) -> Self {
        Self(new_guid(random))
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({})", self.0)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for NormalizedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NormalizedName({})", self.0)
    }
}

impl fmt::Debug for ConcurrencyStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConcurrencyStamp({})", self.0)
    }
}

impl fmt::Debug for SecurityStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityStamp(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use crate::test_random::CountingRandom;

    use super::*;

    #[test]
    fn ids_and_concurrency_stamps_are_version_4_guids_in_lower_case() {
        let random = CountingRandom::default();
        let id = UserId::generate(&random);
        assert_eq!(id.as_str(), "00010203-0405-4607-8809-0a0b0c0d0e0f");
        let stamp = ConcurrencyStamp::generate(&random);
        assert_eq!(stamp.as_str(), "10111213-1415-4617-9819-1a1b1c1d1e1f");
    }

    #[test]
    fn security_stamps_are_160_random_bits_in_base32() {
        let stamp = SecurityStamp::generate(&CountingRandom::default());
        assert_eq!(stamp.as_str(), "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT");
    }

    #[test]
    fn stamps_and_hashes_are_not_printed() {
        let printed = format!(
            "{:?} {:?}",
            SecurityStamp::from_stored("a secret"),
            PasswordHash::from_stored("a secret")
        );
        assert!(!printed.contains("a secret"), "{printed}");
    }
}
