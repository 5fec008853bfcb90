//! Outcomes of a sign-in.

use std::fmt;

use super::RememberedMachine;
use crate::account::{User, UserId};
use crate::claims::{AuthenticationMethod, ClaimsPrincipal};
use crate::event::{Event, EventKind, FailureReason};

/// What came of it (.NET's `SignInResult`), and what .NET sets cookies for on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInOutcome {
    /// What came of it.
    pub result: SignInResult,
    /// The account that was asked for its second factor after a right password, whatever came of that. .NET gives it
    /// the cookie `Identity.TwoFactorUserId`, and takes that away again when the outcome is a success.
    pub second_factor_asked_of: Option<UserId>,
    /// What the remembered machine's ticket was worth; `None` if it did not come to looking at it. .NET slides its
    /// cookie only when it was looked at.
    pub remembered_machine: Option<RememberedMachine>,
}

/// What came of a sign-in. Its `Display` is the name that .NET gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInResult {
    /// They are in.
    Succeeded(Box<SignInSuccess>),
    /// Too many failures, or an operator's lock.
    LockedOut,
    /// Something is not confirmed that must be.
    NotAllowed,
    /// The password is right; a second factor is needed.
    RequiresTwoFactor,
    /// Anything else.
    Failed,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSuccess {
    /// The account.
    pub user: User,
    /// What tickets say about it.
    pub principal: ClaimsPrincipal,
    /// How they authenticated.
    pub method: AuthenticationMethod,
}

impl SignInResult {
    /// The answer to an attempt that came to nothing.
    pub(super) fn refused(event: &Event) -> Self {
        match event.kind {
            EventKind::SignInFailed {
                locked_until: Some(_), ..
            } => Self::LockedOut,
            EventKind::SignInFailed { reason, .. } => reason.into(),
            _ => Self::Failed,
        }
    }
}

/// What somebody is told who could not sign in.
impl From<FailureReason> for SignInResult {
    fn from(reason: FailureReason) -> Self {
        match reason {
            FailureReason::NotAllowed => Self::NotAllowed,
            FailureReason::LockedOut => Self::LockedOut,
            FailureReason::TooLong
            | FailureReason::NoSuchAccount
            | FailureReason::WrongPassword
            | FailureReason::WrongAuthenticatorCode
            | FailureReason::WrongRecoveryCode
            | FailureReason::ChangedMeanwhile => Self::Failed,
        }
    }
}

impl fmt::Display for SignInResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeded(_) => "Succeeded",
            Self::LockedOut => "LockedOut",
            Self::NotAllowed => "NotAllowed",
            Self::RequiresTwoFactor => "RequiresTwoFactor",
            Self::Failed => "Failed",
        })
    }
}

impl From<SignInResult> for SignInOutcome {
    /// The result of a sign-in that did not come to a second factor.
    fn from(result: SignInResult) -> Self {
        Self {
            result,
            second_factor_asked_of: None,
            remembered_machine: None,
        }
    }
}
