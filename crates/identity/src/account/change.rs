//! What can be changed about an account.

use std::fmt;

use time::OffsetDateTime;

use crate::account::{NormalizedName, PasswordHash, SecurityStamp, User};
use crate::second_factor::RecoveryCodes;
use crate::secret::Redemption;

/// A change of one account, named by intent. Stores write it with
/// [`AccountStore::change`](crate::AccountStore::change).
///
/// A `stamp` is the account's new security stamp, which ends its sessions and pending links.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Set the password; `None` removes it.
    Password {
        /// The password's hash.
        hash: Option<PasswordHash>,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Replace the password's hash by another one of the same password. Sessions and pending links stay.
    Rehash(PasswordHash),
    /// Set a new security stamp and nothing else.
    SecurityStamp(SecurityStamp),
    /// Confirm the address.
    EmailConfirmed,
    /// Set a confirmed address, and the user name if one is given.
    Email {
        /// The address and possibly the name.
        email: EmailChange,
        /// Whether another account may have the same address.
        uniqueness: EmailUniqueness,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Set the user name.
    UserName {
        /// As the user wrote it.
        name: String,
        /// In normalized form.
        normalized: NormalizedName,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Confirm the telephone number, or revoke the confirmation.
    PhoneNumberConfirmed(bool),
    /// Switch the second factor on or off.
    TwoFactorEnabled {
        /// On or off.
        enabled: bool,
        /// Recovery codes, for an account that must not be left without any. If it has some already, the change is a
        /// conflict.
        first_recovery_codes: Option<RecoveryCodes>,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Lock until this instant, whatever [`User::lockout_enabled`] says; `None` unlocks, and forgets the failures so far.
    LockoutEnd(Option<OffsetDateTime>),
    /// Whether failures can lock the account.
    LockoutEnabled(bool),
    /// Set the key shared with the authenticator.
    AuthenticatorKey {
        /// As it is stored: in base32, or encrypted.
        key: String,
        /// The new security stamp.
        stamp: SecurityStamp,
    },
    /// Replace all recovery codes.
    RecoveryCodes(RecoveryCodes),
    /// Add the account to a role, which is created if it does not exist. An existing role keeps its name as first
    /// written. Normalized names are compared byte for byte, whatever the database's collation says.
    AddRole {
        /// As the user wrote it.
        name: String,
        /// In normalized form.
        normalized: NormalizedName,
    },
    /// Remove the account from a role, which remains.
    RemoveRole(NormalizedName),
    /// Add a claim, even if the account already has an equal one.
    AddClaim {
        /// The claim's type.
        claim_type: String,
        /// The claim's value.
        value: String,
    },
    /// Remove every claim of this type and value.
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
    /// In normalized form.
    pub normalized_email: NormalizedName,
    /// The new user name, if that changes too: as written, and normalized.
    pub user_name: Option<(String, NormalizedName)>,
}

/// Whether addresses must be unique (`User:RequireUniqueEmail`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailUniqueness {
    /// Refuse a second account with the same address, even under concurrent requests.
    Required,
    /// Several accounts may share an address.
    NotRequired,
}

/// What the account must still look like for a change to happen: what its author saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// It exists.
    Account,
    /// It has this security stamp (`None`: no stamp).
    SecurityStamp(Option<&'a SecurityStamp>),
    /// It has this password hash and this security stamp.
    PasswordHash {
        /// The hash.
        hash: &'a PasswordHash,
        /// The stamp: what has another one by now may have sessions that are not to go on.
        stamp: Option<&'a SecurityStamp>,
    },
    /// It has these recovery codes: codes that a user was just shown must not be replaced by a request that started
    /// earlier.
    RecoveryCodes(&'a RecoveryCodes),
    /// It has this security stamp, and this secret can be redeemed, which happens in the same transaction as the change: a
    /// change that is refused for whatever reason leaves the secret as it was.
    Redeeming {
        /// The stamp that the secret was checked against.
        stamp: Option<&'a SecurityStamp>,
        /// The secret.
        secret: &'a Redemption,
    },
}

impl Expected<'_> {
    /// Whether a store has to look at more than the account's row, or write more.
    pub fn needs_more_than_the_row(&self) -> bool {
        matches!(self, Self::RecoveryCodes(_) | Self::Redeeming { .. })
    }

    /// Whether the account is as expected, as far as its row tells.
    pub fn is_met_by(&self, user: &User) -> bool {
        match self {
            Self::Account | Self::RecoveryCodes(_) => true,
            Self::SecurityStamp(stamp) | Self::Redeeming { stamp, .. } => user.security_stamp.as_ref() == *stamp,
            Self::PasswordHash { hash, stamp } => {
                user.password_hash.as_ref() == Some(*hash) && user.security_stamp.as_ref() == *stamp
            }
        }
    }
}

impl Change {
    /// Applies the change to the account's row. The concurrency stamp is left to the store.
    pub fn apply(&self, user: &mut User) {
        match self {
            Self::Password { hash, .. } => user.password_hash.clone_from(hash),
            Self::Rehash(hash) => user.password_hash = Some(hash.clone()),
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
            Self::LockoutEnd(end) => {
                user.lockout_end = *end;
                if end.is_none() {
                    user.access_failed_count = 0;
                }
            }
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

    /// The new security stamp, if the change ends the account's sessions and pending links.
    pub fn security_stamp(&self) -> Option<&SecurityStamp> {
        match self {
            Self::Password { stamp, .. }
            | Self::SecurityStamp(stamp)
            | Self::Email { stamp, .. }
            | Self::UserName { stamp, .. }
            | Self::TwoFactorEnabled { stamp, .. }
            | Self::AuthenticatorKey { stamp, .. } => Some(stamp),
            Self::Rehash(_)
            | Self::EmailConfirmed
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

    /// The normalized user name that the account gets, if any.
    pub fn user_name(&self) -> Option<&NormalizedName> {
        match self {
            Self::UserName { normalized, .. } => Some(normalized),
            Self::Email { email, .. } => email.user_name.as_ref().map(|(_, normalized)| normalized),
            _ => None,
        }
    }

    /// The change's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Password { .. } => "Password",
            Self::Rehash(_) => "Rehash",
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

/// Only the name, since what changes may be secret.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Change").field(&self.name()).finish()
    }
}
