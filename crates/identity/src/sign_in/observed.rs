//! What an observer is told of the steps of a sign-in.

use std::time::Duration;

use super::credentials::SecondFactor;
use super::outcome::{SignInOutcome, SignInResult};
use crate::claims::AuthenticationMethod;
use crate::observer::{Observation, tell};

/// A password has been checked, as part of a sign-in that came to this.
pub(super) fn password(outcome: &SignInOutcome, took: Duration) {
    let method = AuthenticationMethod::Password;
    // The password was right, whatever became of the second factor.
    let result = match outcome.second_factor_asked_of {
        Some(_) => &SignInResult::RequiresTwoFactor,
        None => &outcome.result,
    };
    tell(&Observation::SignInStep { method, result, took });
}

/// A passkey has been checked.
pub(super) fn passkey(result: &SignInResult, took: Duration) {
    let method = match result {
        SignInResult::Succeeded(success) => success.method,
        _ => AuthenticationMethod::Passkey { is_two_factors: false },
    };
    tell(&Observation::SignInStep { method, result, took });
}

/// What was sent of a second factor has been checked.
pub(super) fn second_factor(sent: SecondFactor<'_>, result: &SignInResult, took: Duration) {
    let method = match sent {
        SecondFactor::None => return,
        SecondFactor::AuthenticatorCode(_) => AuthenticationMethod::Authenticator,
        SecondFactor::RecoveryCode(_) => AuthenticationMethod::RecoveryCode,
    };
    tell(&Observation::SignInStep { method, result, took });
}
