//! What can happen to an account.

use time::OffsetDateTime;

use crate::account::Change;
use crate::claims::AuthenticationMethod;

/// What happened, named by what somebody meant to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The account was made.
    Registered,
    /// The account is gone, with all that belonged to it.
    Deleted,
    /// Everything asked for was right.
    SignedIn(AuthenticationMethod),
    /// The password was right, and the second factor is looked at next.
    PasswordAccepted,
    /// Somebody could not sign in.
    SignInFailed {
        /// Why not.
        reason: FailureReason,
        /// The failure locked the account until then.
        locked_until: Option<OffsetDateTime>,
    },
    /// Somebody who knew the old password has a new one.
    PasswordChanged,
    /// Somebody who got a code by mail has a new password.
    PasswordReset,
    /// An operator set a password.
    PasswordSet,
    /// An operator set a password hash that was made elsewhere.
    PasswordHashSet,
    /// The account has no password any more.
    PasswordRemoved,
    /// The same password was hashed anew, as strongly as new ones are.
    PasswordRehashed,
    /// Somebody who wants a new password knew the old one.
    OldPasswordAccepted,
    /// Somebody who is signed in could not change the password.
    PasswordChangeFailed {
        /// Why not.
        reason: FailureReason,
        /// The failure locked the account until then.
        locked_until: Option<OffsetDateTime>,
    },
    /// The code for a new password was not valid.
    PasswordResetFailed,
    /// The e-mail address is confirmed.
    EmailConfirmed,
    /// The account has another e-mail address, and perhaps another user name with it.
    EmailChanged,
    /// The link that confirms an address was not valid.
    EmailConfirmationFailed,
    /// The account has another user name.
    UserNameChanged,
    /// The telephone number is confirmed.
    PhoneNumberConfirmed,
    /// The telephone number is not confirmed any more.
    PhoneNumberUnconfirmed,
    /// The second factor is asked for from now on.
    TwoFactorEnabled {
        /// The account got its first recovery codes with it.
        with_recovery_codes: bool,
    },
    /// The second factor is not asked for any more.
    TwoFactorDisabled,
    /// An operator took away the authenticator's key and the recovery codes.
    TwoFactorReset,
    /// The account got its first authenticator key.
    AuthenticatorKeyCreated,
    /// The account has another authenticator key.
    AuthenticatorKeyReset,
    /// The account has new recovery codes.
    RecoveryCodesGenerated,
    /// The account has no recovery codes any more.
    RecoveryCodesRemoved,
    /// An operator locked the account until then.
    Locked(OffsetDateTime),
    /// An operator unlocked the account.
    Unlocked,
    /// Failures can lock the account from now on.
    LockoutEnabled,
    /// Failures cannot lock the account any more.
    LockoutDisabled,
    /// All sessions and pending links ended.
    SignedOutEverywhere,
    /// The account is in a role.
    RoleAdded {
        /// Its name.
        role: String,
    },
    /// The account is not in a role any more.
    RoleRemoved {
        /// Its name.
        role: String,
    },
    /// The account has one more claim.
    ClaimAdded {
        /// The claim's type.
        claim_type: String,
    },
    /// The account does not have a claim any more.
    ClaimRemoved {
        /// The claim's type.
        claim_type: String,
    },
}

/// Why somebody could not sign in, or not change a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureReason {
    /// The name or the password is longer than any account's.
    TooLong,
    /// There is no such account.
    NoSuchAccount,
    /// Something is not confirmed that must be.
    NotAllowed,
    /// The account is locked.
    LockedOut,
    /// The password is not the account's.
    WrongPassword,
    /// The code is not the authenticator's.
    WrongAuthenticatorCode,
    /// The code is none of the account's recovery codes.
    WrongRecoveryCode,
    /// The account's credentials changed meanwhile.
    ChangedMeanwhile,
}

impl EventKind {
    /// Somebody could not sign in, which did not lock the account.
    pub fn sign_in_failed(reason: FailureReason) -> Self {
        Self::SignInFailed {
            reason,
            locked_until: None,
        }
    }

    /// Somebody could not change the password, which did not lock the account.
    pub fn password_change_failed(reason: FailureReason) -> Self {
        Self::PasswordChangeFailed {
            reason,
            locked_until: None,
        }
    }

    /// Whether somebody was refused without a look at what they showed.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::SignInFailed { reason, .. } => matches!(
                reason,
                FailureReason::TooLong
                    | FailureReason::NoSuchAccount
                    | FailureReason::NotAllowed
                    | FailureReason::LockedOut
            ),
            _ => false,
        }
    }

    /// The same attempt, at an account that is locked.
    pub(super) fn refused(&self) -> Self {
        match self {
            Self::OldPasswordAccepted | Self::PasswordChangeFailed { .. } => {
                Self::password_change_failed(FailureReason::LockedOut)
            }
            _ => Self::sign_in_failed(FailureReason::LockedOut),
        }
    }

    pub(super) fn set_locked_until(&mut self, until: OffsetDateTime) {
        if let Self::SignInFailed { locked_until, .. } | Self::PasswordChangeFailed { locked_until, .. } = self {
            *locked_until = Some(until);
        }
    }
}

/// What a change means by itself; whoever knows more of its author's intent says so.
impl From<&Change> for EventKind {
    fn from(change: &Change) -> Self {
        match change {
            Change::Password { hash: Some(_), .. } => Self::PasswordChanged,
            Change::Password { hash: None, .. } => Self::PasswordRemoved,
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
