//! The log line of an event.

use tracing::{info, warn};

use super::{Event, EventKind, FailureReason};
use crate::observer::{self, Observation};

impl Event {
    /// Logs the event, and tells the [observer](crate::observer). The log adds the request to each line by itself.
    pub(crate) fn log(&self) {
        observer::tell(&Observation::Event(self));
        let user = self.user.as_ref().map(tracing::field::display);
        match &self.kind {
            EventKind::SignedIn(method) => info!(user, ?method, "signed in"),
            EventKind::SignInFailed { reason, locked_until } => {
                log_failed_sign_in(self, *reason, locked_until.is_some());
            }
            EventKind::PasswordAccepted | EventKind::OldPasswordAccepted | EventKind::TwoFactorPasswordAccepted => {}
            EventKind::Registered => info!(user, "registered"),
            EventKind::RegistrationRefused => warn!(user, "registration refused: the address has an account"),
            EventKind::Deleted => info!(user, "account deleted"),
            EventKind::PasswordChanged | EventKind::PasswordSet => info!(user, "password changed"),
            EventKind::PasswordReset => info!(user, "password reset"),
            EventKind::PasswordHashSet => info!(user, "password hash set"),
            EventKind::PasswordRemoved => info!(user, "password removed"),
            EventKind::PasswordRehashed => info!(user, "password hashed anew"),
            EventKind::PasswordChangeFailed { reason, .. } => warn!(user, ?reason, "password not changed"),
            EventKind::PasswordResetFailed => warn!(user, "password not reset: the token was not valid"),
            EventKind::EmailConfirmed => info!(user, "address confirmed"),
            EventKind::EmailChanged => info!(user, "address changed"),
            EventKind::EmailConfirmationFailed => warn!(user, "address not confirmed: the token was not valid"),
            EventKind::UserNameChanged => info!(user, "user name changed"),
            EventKind::PhoneNumberConfirmed => info!(user, "telephone number confirmed"),
            EventKind::PhoneNumberUnconfirmed => info!(user, "telephone number no longer confirmed"),
            EventKind::TwoFactorEnabled {
                with_recovery_codes: true,
            } => info!(user, "second factor switched on, recovery codes generated"),
            EventKind::TwoFactorEnabled { .. } => info!(user, enabled = true, "second factor switched"),
            EventKind::TwoFactorDisabled => info!(user, enabled = false, "second factor switched"),
            EventKind::TwoFactorDisableFailed { reason, .. } => warn!(user, ?reason, "second factor not switched off"),
            EventKind::TwoFactorReset => info!(user, "second factor reset"),
            EventKind::AuthenticatorKeyCreated => info!(user, "authenticator key made"),
            EventKind::AuthenticatorKeyReset => info!(user, "authenticator key reset"),
            EventKind::RecoveryCodesGenerated => info!(user, "recovery codes generated"),
            EventKind::RecoveryCodesRemoved => info!(user, "recovery codes removed"),
            EventKind::Locked(_) => info!(user, locked = true, "lockout set by an operator"),
            EventKind::Unlocked => info!(user, locked = false, "lockout set by an operator"),
            EventKind::LockoutEnabled => info!(user, "lockout enabled"),
            EventKind::LockoutDisabled => info!(user, "lockout disabled"),
            EventKind::DeletionRequested(due) => info!(user, %due, "asked to have the account deleted"),
            EventKind::DeletionCancelled => info!(user, "deletion cancelled"),
            EventKind::SignedOutEverywhere => info!(user, "signed out everywhere"),
            EventKind::Confirmed(method) => info!(user, ?method, "proved again who they are"),
            EventKind::ConfirmationFailed { reason, .. } => warn!(user, ?reason, "not confirmed who they are"),
            EventKind::SignedOut => info!(user, "signed out"),
            EventKind::SessionReplaced => info!(user, "signed in anew: the session before has ended"),
            EventKind::SessionEnded => info!(user, "session ended"),
            EventKind::RefreshTokenReused => warn!(user, "session ended: a refresh token was used again"),
            EventKind::OtherSessionsEnded { count } => info!(user, count, "other sessions ended"),
            EventKind::PasskeyAdded => info!(user, "passkey added"),
            EventKind::PasskeyRenamed => info!(user, "passkey renamed"),
            EventKind::PasskeyRemoved => info!(user, "passkey removed"),
            EventKind::RoleAdded { role } => info!(user, role, "role added"),
            EventKind::RoleRemoved { role } => info!(user, role, "role removed"),
            EventKind::ClaimAdded { claim_type } => info!(user, claim_type, "claim added"),
            EventKind::ClaimRemoved { claim_type } => info!(user, claim_type, "claim removed"),
            EventKind::RateLimitReached { action, scope } => {
                let (action, scope) = (action.name(), scope.name());
                warn!(
                    user,
                    action, scope, "a rate limit is reached: further requests are refused"
                );
            }
            // Of what was logged one by one, or in a step of the store.
            EventKind::UnknownSignInsFailed { .. } | EventKind::PersonalPartsErased { .. } => {}
        }
    }
}

fn log_failed_sign_in(event: &Event, reason: FailureReason, locks: bool) {
    let user = event.user.as_ref().map(tracing::field::display);
    match reason {
        FailureReason::TooLong => info!("sign-in failed: the name or the password is longer than any account's"),
        FailureReason::NoPassword => info!(user, "sign-in failed: no password was given"),
        FailureReason::NoSuchAccount => info!("sign-in failed: no such account"),
        FailureReason::NotAllowed | FailureReason::LockedOut => {
            warn!(user, outcome = ?reason, "sign-in refused");
        }
        FailureReason::WrongPassword
        | FailureReason::WrongAuthenticatorCode
        | FailureReason::ReusedAuthenticatorCode
        | FailureReason::WrongRecoveryCode
        | FailureReason::WrongPasskey
        | FailureReason::ReusedPasskeyChallenge
        | FailureReason::PasskeyCounterWentBack
        | FailureReason::ChangedMeanwhile => {
            let outcome = if locks { "LockedOut" } else { "Failed" };
            warn!(user, outcome, ?reason, "sign-in failed");
        }
    }
}
