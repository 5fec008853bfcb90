//! What can happen to an account.

use time::OffsetDateTime;

use super::FailureReason;
use crate::claims::AuthenticationMethod;
use crate::limit::{LimitScope, LimitedAction};
use crate::session::SignInMethod;

/// What happened, named by intent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The account was created.
    Registered,
    /// Somebody tried to register with the account's name or address, and the answer did not tell that it is taken.
    RegistrationRefused,
    /// The account was deleted, with everything that belonged to it.
    Deleted,
    /// The user signed in.
    SignedIn(AuthenticationMethod),
    /// The password was right; the second factor, or a rehash of the password, is next.
    PasswordAccepted,
    /// A sign-in failed.
    SignInFailed {
        /// Why.
        reason: FailureReason,
        /// The failure locked the account until this instant.
        locked_until: Option<OffsetDateTime>,
    },
    /// A user who knew the old password set a new one.
    PasswordChanged,
    /// A user set a new password with a mailed code.
    PasswordReset,
    /// An operator set a password.
    PasswordSet,
    /// An operator imported a password hash.
    PasswordHashSet,
    /// The password was removed.
    PasswordRemoved,
    /// The same password was rehashed with the current algorithm.
    PasswordRehashed,
    /// A user who wants to change the password knew the old one.
    OldPasswordAccepted,
    /// A signed-in user could not change the password.
    PasswordChangeFailed {
        /// Why.
        reason: FailureReason,
        /// The failure locked the account until this instant.
        locked_until: Option<OffsetDateTime>,
    },
    /// A password was not reset because the code was invalid.
    PasswordResetFailed,
    /// The e-mail address is confirmed.
    EmailConfirmed,
    /// The e-mail address was changed, possibly together with the user name.
    EmailChanged,
    /// An e-mail address was not confirmed because the link was invalid.
    EmailConfirmationFailed,
    /// The user name was changed.
    UserNameChanged,
    /// The telephone number is confirmed.
    PhoneNumberConfirmed,
    /// The telephone number is no longer confirmed.
    PhoneNumberUnconfirmed,
    /// The second factor was switched on.
    TwoFactorEnabled {
        /// Whether the account got its first recovery codes at the same time.
        with_recovery_codes: bool,
    },
    /// The second factor was switched off.
    TwoFactorDisabled,
    /// A user who wants to switch the second factor off knew the password.
    TwoFactorPasswordAccepted,
    /// A signed-in user could not switch the second factor off.
    TwoFactorDisableFailed {
        /// Why.
        reason: FailureReason,
        /// The failure locked the account until this instant.
        locked_until: Option<OffsetDateTime>,
    },
    /// An operator removed the authenticator key and the recovery codes.
    TwoFactorReset,
    /// The account got its first authenticator key.
    AuthenticatorKeyCreated,
    /// The authenticator key was replaced.
    AuthenticatorKeyReset,
    /// New recovery codes replaced the old ones.
    RecoveryCodesGenerated,
    /// All recovery codes were removed.
    RecoveryCodesRemoved,
    /// An operator locked the account until this instant.
    Locked(OffsetDateTime),
    /// An operator unlocked the account.
    Unlocked,
    /// Failures can now lock the account.
    LockoutEnabled,
    /// Failures can no longer lock the account.
    LockoutDisabled,
    /// All sessions and pending links were ended.
    SignedOutEverywhere,
    /// The user asked to have the account deleted, which happens at this time.
    DeletionRequested(OffsetDateTime),
    /// That was taken back, and the account is as before.
    DeletionCancelled,
    /// The user of a session proved again who they are.
    Confirmed(SignInMethod),
    /// They could not.
    ConfirmationFailed {
        /// Why.
        reason: FailureReason,
        /// The failure locked the account until this instant.
        locked_until: Option<OffsetDateTime>,
    },
    /// The user signed out of a session.
    SignedOut,
    /// A session was ended because its browser signed in anew.
    SessionReplaced,
    /// The user ended a session from another one.
    SessionEnded,
    /// A refresh token came that had been used before, which ended its session: somebody else may have had a copy.
    RefreshTokenReused,
    /// The user ended all other sessions.
    OtherSessionsEnded {
        /// How many.
        count: u64,
    },
    /// The user got a passkey.
    PasskeyAdded,
    /// The user gave a passkey another name.
    PasskeyRenamed,
    /// A passkey was removed.
    PasskeyRemoved,
    /// The account was added to a role.
    RoleAdded {
        /// Its name.
        role: String,
    },
    /// The account was removed from a role.
    RoleRemoved {
        /// Its name.
        role: String,
    },
    /// A claim was added.
    ClaimAdded {
        /// The claim's type.
        claim_type: String,
    },
    /// A claim was removed.
    ClaimRemoved {
        /// The claim's type.
        claim_type: String,
    },
    /// So many sign-ins to unknown accounts failed within a minute, all from one client.
    UnknownSignInsFailed {
        /// Why.
        reason: FailureReason,
        /// How many.
        count: u64,
    },
    /// There were more requests than a rate limit allows. They are refused without an event of their own for a while.
    RateLimitReached {
        /// What for.
        action: LimitedAction,
        /// Whether all were about one account, or from one client.
        scope: LimitScope,
    },
    /// The personal parts of this many events were erased.
    PersonalPartsErased {
        /// How many.
        count: u64,
        /// Which ones, as a keyed hash.
        tag: String,
    },
}

impl EventKind {
    /// A failed sign-in that did not lock the account.
    pub fn sign_in_failed(reason: FailureReason) -> Self {
        Self::SignInFailed {
            reason,
            locked_until: None,
        }
    }

    /// A failed change of password that did not lock the account.
    pub fn password_change_failed(reason: FailureReason) -> Self {
        Self::PasswordChangeFailed {
            reason,
            locked_until: None,
        }
    }

    /// A failed attempt to switch the second factor off that did not lock the account.
    pub fn two_factor_disable_failed(reason: FailureReason) -> Self {
        Self::TwoFactorDisableFailed {
            reason,
            locked_until: None,
        }
    }

    /// A failed confirmation that did not lock the account.
    pub fn confirmation_failed(reason: FailureReason) -> Self {
        Self::ConfirmationFailed {
            reason,
            locked_until: None,
        }
    }

    /// Whether the attempt was refused without a check of its credentials.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::SignInFailed { reason, .. } => matches!(
                reason,
                FailureReason::TooLong
                    | FailureReason::NoPassword
                    | FailureReason::NoSuchAccount
                    | FailureReason::NotAllowed
                    | FailureReason::LockedOut
            ),
            _ => false,
        }
    }

    /// The same attempt at a locked account.
    pub(super) fn refused(&self) -> Self {
        match self {
            Self::OldPasswordAccepted | Self::PasswordChangeFailed { .. } => {
                Self::password_change_failed(FailureReason::LockedOut)
            }
            Self::TwoFactorPasswordAccepted | Self::TwoFactorDisableFailed { .. } => {
                Self::two_factor_disable_failed(FailureReason::LockedOut)
            }
            _ => self.failed(FailureReason::LockedOut),
        }
    }

    /// The same sign-in or confirmation, failed.
    pub(super) fn failed(&self, reason: FailureReason) -> Self {
        match self {
            Self::Confirmed(_) | Self::ConfirmationFailed { .. } => Self::confirmation_failed(reason),
            _ => Self::sign_in_failed(reason),
        }
    }

    /// A sign-in or confirmation that a store counted as a failure: its code was used before.
    pub(super) fn fail_if_redeemed(&mut self) {
        if let Self::SignedIn(_) | Self::Confirmed(_) = self {
            *self = self.failed(FailureReason::ReusedAuthenticatorCode);
        }
    }

    pub(super) fn set_locked_until(&mut self, until: OffsetDateTime) {
        if let Self::SignInFailed { locked_until, .. }
        | Self::PasswordChangeFailed { locked_until, .. }
        | Self::TwoFactorDisableFailed { locked_until, .. }
        | Self::ConfirmationFailed { locked_until, .. } = self
        {
            *locked_until = Some(until);
        }
    }
}
