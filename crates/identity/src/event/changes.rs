//! Which event a change of an account is.

use super::EventKind;
use crate::account::Change;

/// The usual intent of a change. Callers that know better name the event themselves.
impl From<&Change> for EventKind {
    fn from(change: &Change) -> Self {
        match change {
            Change::Password { hash: Some(_), .. } => Self::PasswordChanged,
            Change::Password { hash: None, .. } => Self::PasswordRemoved,
            Change::Rehash(_) => Self::PasswordRehashed,
            Change::SecurityStamp(_) => Self::SignedOutEverywhere,
            Change::EmailConfirmed => Self::EmailConfirmed,
            Change::Email { .. } => Self::EmailChanged,
            Change::UserName { .. } => Self::UserNameChanged,
            Change::PhoneNumberConfirmed(true) => Self::PhoneNumberConfirmed,
            Change::PhoneNumberConfirmed(false) => Self::PhoneNumberUnconfirmed,
            Change::TwoFactorEnabled {
                enabled: true,
                first_recovery_codes,
                ..
            } => Self::TwoFactorEnabled {
                with_recovery_codes: first_recovery_codes.is_some(),
            },
            Change::TwoFactorEnabled { enabled: false, .. } => Self::TwoFactorDisabled,
            Change::LockoutEnd(Some(end)) => Self::Locked(*end),
            Change::LockoutEnd(None) => Self::Unlocked,
            Change::LockoutEnabled(true) => Self::LockoutEnabled,
            Change::LockoutEnabled(false) => Self::LockoutDisabled,
            Change::AuthenticatorKey { .. } => Self::AuthenticatorKeyReset,
            Change::RecoveryCodes(codes) if codes.is_empty() => Self::RecoveryCodesRemoved,
            Change::RecoveryCodes(_) => Self::RecoveryCodesGenerated,
            Change::AddRole { name, .. } => Self::RoleAdded { role: name.clone() },
            Change::RemoveRole(name) => Self::RoleRemoved {
                role: name.as_str().to_owned(),
            },
            Change::AddClaim { claim_type, .. } => Self::ClaimAdded {
                claim_type: claim_type.clone(),
            },
            Change::RemoveClaim { claim_type, .. } => Self::ClaimRemoved {
                claim_type: claim_type.clone(),
            },
        }
    }
}
