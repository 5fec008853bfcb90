//! Outcomes of a sign-in.

use std::fmt;

use crate::account::{User, UserId};
use crate::claims::{AuthenticationMethod, ClaimsPrincipal};
use crate::event::{Event, EventKind, FailureReason};
use crate::passkey::CredentialId;
use crate::session::{Proof, SignInMethod};

/// The result of a sign-in, and what the caller needs to set .NET's cookies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInOutcome {
    /// The result.
    pub result: SignInResult,
    /// The account, if it was asked for its second factor after a right password. .NET sets the cookie
    /// `Identity.TwoFactorUserId` for it, and deletes that cookie when the sign-in succeeds.
    pub second_factor_asked_of: Option<UserId>,
    /// Whether the remembered machine's ticket was accepted; `None` if it was not examined. .NET renews its cookie only
    /// if it was.
    pub remembered_machine: Option<RememberedMachine>,
}

/// The result of a sign-in (.NET's `SignInResult`). `Display` gives .NET's name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInResult {
    /// The user is signed in.
    Succeeded(Box<SignInSuccess>),
    /// The account is locked: too many failures, or an operator locked it.
    LockedOut,
    /// Something that must be confirmed is not.
    NotAllowed,
    /// The password is right; a second factor is needed.
    RequiresTwoFactor,
    /// Anything else.
    Failed,
}

/// The user who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInSuccess {
    /// The account.
    pub user: User,
    /// What tickets say about the user.
    pub principal: ClaimsPrincipal,
    /// How they authenticated.
    pub method: AuthenticationMethod,
    /// The passkey's id, if it was one.
    pub credential: Option<CredentialId>,
}

impl SignInSuccess {
    /// What a session begins with.
    pub fn proof(&self) -> Proof {
        Proof {
            credential: self.credential.as_ref().map(CredentialId::to_string),
            ..Proof::now(SignInMethod::of(self.method))
        }
    }
}

/// Whether a remembered machine's ticket is accepted for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RememberedMachine {
    /// It replaces the second factor.
    Remembered,
    /// There is no ticket, or it belongs to another account.
    NotRemembered,
    /// The account's credentials have changed since it was issued. Its cookie is deleted, and so are the sign-in
    /// cookies.
    Ended,
}

impl SignInResult {
    /// The answer to a failed attempt.
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

/// What the user is told.
impl From<FailureReason> for SignInResult {
    fn from(reason: FailureReason) -> Self {
        match reason {
            FailureReason::NotAllowed => Self::NotAllowed,
            FailureReason::LockedOut => Self::LockedOut,
            FailureReason::TooLong
            | FailureReason::NoPassword
            | FailureReason::NoSuchAccount
            | FailureReason::WrongPassword
            | FailureReason::WrongAuthenticatorCode
            | FailureReason::ReusedAuthenticatorCode
            | FailureReason::WrongRecoveryCode
            | FailureReason::WrongPasskey
            | FailureReason::ReusedPasskeyChallenge
            | FailureReason::PasskeyCounterWentBack
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
    /// The result of a sign-in that did not reach the second factor.
    fn from(result: SignInResult) -> Self {
        Self {
            result,
            second_factor_asked_of: None,
            remembered_machine: None,
        }
    }
}
