//! What can change about one account.

use std::fmt;

use time::OffsetDateTime;

use crate::account::{NormalizedName, PasswordHash, SecurityStamp, User};
use crate::second_factor::RecoveryCodes;

/// A change of one account, named by what it is for. Stores write it with [`AccountStore::change`](super::AccountStore::change).
///
/// A `stamp` is the account's new security stamp: such a change ends its sessions and pending links.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Another password; `None` removes it.
    Password {
        /// The password's hash.
        hash: Option<PasswordHash>,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// A new stamp and nothing else.
    SecurityStamp(SecurityStamp),
    /// The address is confirmed.
    EmailConfirmed,
    /// Another address, confirmed, and the user name with it where one is given.
    Email {
        /// The address and the name.
        email: EmailChange,
        /// Whether another account may have the address.
        uniqueness: EmailUniqueness,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Another user name.
    UserName {
        /// As it was given.
        name: String,
        /// As it is looked up.
        normalized: NormalizedName,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// The telephone number is confirmed, or not any more.
    PhoneNumberConfirmed(bool),
    /// The second factor is asked for, or not any more.
    TwoFactorEnabled {
        /// Whether it is.
        enabled: bool,
        /// Recovery codes for an account that has none: it must not be left without any. Where it has some, the change is a
        /// conflict.
        first_recovery_codes: Option<RecoveryCodes>,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Locked until then, whatever [`User::lockout_enabled`] says; `None` unlocks.
    LockoutEnd(Option<OffsetDateTime>),
    /// Failures can lock the account, or not any more.
    LockoutEnabled(bool),
    /// Another key that the authenticator shares with us.
    AuthenticatorKey {
        /// In base32.
        key: String,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Other recovery codes in place of all that there are.
    RecoveryCodes(RecoveryCodes),
    /// Into a role, which is made if it does not exist. A role that exists keeps its name as it was first written. A role
    /// is the one with this normalized name to the last byte, whatever the database takes for equal.
    AddRole {
        /// As it was given.
        name: String,
        /// As it is looked up.
        normalized: NormalizedName,
    },
    /// Out of a role, which stays.
    RemoveRole(NormalizedName),
    /// One claim more, also if the account has the same one already.
    AddClaim {
        /// The claim's type.
        claim_type: String,
        /// The claim's value.
        value: String,
    },
    /// Without every claim of this type and value.
    RemoveClaim {
        /// The claims' type.
        claim_type: String,
        /// The claims' value.
        value: String,
    },
}

/// Another address for an account, and the user name that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailChange {
    /// The address as it was given.
    pub email: String,
    /// As it is looked up.
    pub normalized_email: NormalizedName,
    /// The user name changes too: as given, and as it is looked up.
    pub user_name: Option<(String, NormalizedName)>,
}

/// Whether an address may belong to one account only (`User:RequireUniqueEmail`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailUniqueness {
    /// Refuse a second account with the address, also when both come at the same time.
    Required,
    /// Addresses may repeat.
    NotRequired,
}

/// What the account must still be for a change to happen: what its author saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// It is there.
    Account,
    /// It has this security stamp, or none.
    SecurityStamp(Option<&'a SecurityStamp>),
    /// It has this password hash.
    PasswordHash(&'a PasswordHash),
    /// It has these recovery codes: codes that somebody is shown must not be replaced by a request that began before they
    /// were.
    RecoveryCodes(&'a RecoveryCodes),
}

impl Expected<'_> {
    /// Whether the account is as expected, as far as its row says.
    pub fn is_met_by(&self, user: &User) -> bool {
        match self {
            Self::Account | Self::RecoveryCodes(_) => true,
            Self::SecurityStamp(stamp) => user.security_stamp.as_ref() == *stamp,
            Self::PasswordHash(hash) => user.password_hash.as_ref() == Some(*hash),
        }
    }
}

impl Change {
    /// Makes `user` what the account is after the change, as far as its row says; the concurrency stamp is the store's.
    pub fn apply(&self, user: &mut User) {
        match self {
            Self::Password { hash, .. } => user.password_hash.clone_from(hash),
            Self::EmailConfirmed => user.email_confirmed = true,
            Self::Email { email, .. } => {
                user.email = Some(email.email.clone());
                user.normalized_email = Some(email.normalized_email.clone());
                user.email_confirmed = true;
                if let Some((name, normalized)) = &email.user_name {
                    user.user_name = Some(name.clone());
                    user.normalized_user_name = Some(normalized.clone());
                }
            }
            Self::UserName { name, normalized, .. } => {
                user.user_name = Some(name.clone());
                user.normalized_user_name = Some(normalized.clone());
            }
            Self::PhoneNumberConfirmed(confirmed) => user.phone_number_confirmed = *confirmed,
            Self::TwoFactorEnabled { enabled, .. } => user.two_factor_enabled = *enabled,
            Self::LockoutEnd(end) => user.lockout_end = *end,
            Self::LockoutEnabled(enabled) => user.lockout_enabled = *enabled,
            Self::SecurityStamp(_)
            | Self::AuthenticatorKey { .. }
            | Self::RecoveryCodes(_)
            | Self::AddRole { .. }
            | Self::RemoveRole(_)
            | Self::AddClaim { .. }
            | Self::RemoveClaim { .. } => {}
        }
        if let Some(stamp) = self.security_stamp() {
            user.security_stamp = Some(stamp.clone());
        }
    }

    /// The new security stamp of a change that ends the account's sessions and pending links.
    pub fn security_stamp(&self) -> Option<&SecurityStamp> {
        match self {
            Self::Password { stamp, .. }
            | Self::SecurityStamp(stamp)
            | Self::Email { stamp, .. }
            | Self::UserName { stamp, .. }
            | Self::TwoFactorEnabled { stamp, .. }
            | Self::AuthenticatorKey { stamp, .. } => Some(stamp),
            Self::EmailConfirmed
            | Self::PhoneNumberConfirmed(_)
            | Self::LockoutEnd(_)
            | Self::LockoutEnabled(_)
            | Self::RecoveryCodes(_)
            | Self::AddRole { .. }
            | Self::RemoveRole(_)
            | Self::AddClaim { .. }
            | Self::RemoveClaim { .. } => None,
        }
    }

    /// The normalized user name that the account gets.
    pub fn user_name(&self) -> Option<&NormalizedName> {
        match self {
            Self::UserName { normalized, .. } => Some(normalized),
            Self::Email { email, .. } => email.user_name.as_ref().map(|(_, normalized)| normalized),
            _ => None,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Password { .. } => "Password",
            Self::SecurityStamp(_) => "SecurityStamp",
            Self::EmailConfirmed => "EmailConfirmed",
            Self::Email { .. } => "Email",
            Self::UserName { .. } => "UserName",
            Self::PhoneNumberConfirmed(_) => "PhoneNumberConfirmed",
            Self::TwoFactorEnabled { .. } => "TwoFactorEnabled",
            Self::LockoutEnd(_) => "LockoutEnd",
            Self::LockoutEnabled(_) => "LockoutEnabled",
            Self::AuthenticatorKey { .. } => "AuthenticatorKey",
            Self::RecoveryCodes(_) => "RecoveryCodes",
            Self::AddRole { .. } => "AddRole",
            Self::RemoveRole(_) => "RemoveRole",
            Self::AddClaim { .. } => "AddClaim",
            Self::RemoveClaim { .. } => "RemoveClaim",
        }
    }
}

/// The name alone: what changes may be a secret.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Change").field(&self.name()).finish()
    }
}
