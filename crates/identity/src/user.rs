use std::fmt;

use time::OffsetDateTime;

/// An account, as a row of `AspNetUsers` (.NET's `IdentityUser`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Never changes.
    pub id: UserId,
    /// The name to log in with; the Identity API uses the e-mail address.
    pub user_name: Option<String>,
    /// [`user_name`](Self::user_name) as it is looked up; unique.
    pub normalized_user_name: Option<NormalizedName>,
    /// Where mail goes.
    pub email: Option<String>,
    /// [`email`](Self::email) as it is looked up; unique only if the options say so.
    pub normalized_email: Option<NormalizedName>,
    /// Whether a mailed link proved the address.
    pub email_confirmed: bool,
    /// `None` for accounts that sign in elsewhere.
    pub password_hash: Option<PasswordHash>,
    /// Changes whenever a credential does; what carries an old one ends.
    pub security_stamp: Option<SecurityStamp>,
    /// Changes with every write of the row.
    pub concurrency_stamp: Option<ConcurrencyStamp>,
    /// A telephone number.
    pub phone_number: Option<String>,
    /// Whether the number was proved.
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
    /// A name or address as it is looked up: Unicode form C, simple invariant upper case.
    NormalizedName
}
text! {
    /// Base32 of 20 random bytes. Whoever holds an old one is signed out.
    SecurityStamp
}
text! {
    /// GUID text that changes with every write of the row, for EF Core's optimistic concurrency.
    ConcurrencyStamp
}
text! {
    /// A password hash in one of .NET's forms. Not printed.
    PasswordHash
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
