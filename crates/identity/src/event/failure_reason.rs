//! Why something failed.

use crate::passkey::PasskeyRefusal;

/// Why a sign-in failed, or a change for which the password is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureReason {
    /// The name or the password is longer than any account can have.
    TooLong,
    /// No password was given.
    NoPassword,
    /// There is no such account.
    NoSuchAccount,
    /// Something that must be confirmed is not.
    NotAllowed,
    /// The account is locked.
    LockedOut,
    /// The password is wrong.
    WrongPassword,
    /// The authenticator code is wrong.
    WrongAuthenticatorCode,
    /// The authenticator code is right, but was used before.
    ReusedAuthenticatorCode,
    /// The recovery code is wrong or used up.
    WrongRecoveryCode,
    /// There is no such passkey, or its answer is not accepted.
    WrongPasskey,
    /// The passkey's answer is right, but its challenge was answered before.
    ReusedPasskeyChallenge,
    /// The passkey's counter is not higher than before: the authenticator may have been copied.
    PasskeyCounterWentBack,
    /// The account's credentials changed in the meantime.
    ChangedMeanwhile,
}

impl FailureReason {
    /// All of them.
    const ALL: [Self; 13] = [
        Self::TooLong,
        Self::NoPassword,
        Self::NoSuchAccount,
        Self::NotAllowed,
        Self::LockedOut,
        Self::WrongPassword,
        Self::WrongAuthenticatorCode,
        Self::ReusedAuthenticatorCode,
        Self::WrongRecoveryCode,
        Self::WrongPasskey,
        Self::ReusedPasskeyChallenge,
        Self::PasskeyCounterWentBack,
        Self::ChangedMeanwhile,
    ];

    /// The reason's name in a store and on the command line, such as `wrong_password`. It stays the same for ever: rows have
    /// it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NoPassword => "no_password",
            Self::NoSuchAccount => "no_such_account",
            Self::NotAllowed => "not_allowed",
            Self::LockedOut => "locked_out",
            Self::WrongPassword => "wrong_password",
            Self::WrongAuthenticatorCode => "wrong_authenticator_code",
            Self::ReusedAuthenticatorCode => "reused_authenticator_code",
            Self::WrongRecoveryCode => "wrong_recovery_code",
            Self::WrongPasskey => "wrong_passkey",
            Self::ReusedPasskeyChallenge => "reused_passkey_challenge",
            Self::PasskeyCounterWentBack => "passkey_counter_went_back",
            Self::ChangedMeanwhile => "changed_meanwhile",
        }
    }

    /// The reason with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Whoever answered learns no more than that it was refused.
impl From<&PasskeyRefusal> for FailureReason {
    fn from(refusal: &PasskeyRefusal) -> Self {
        match refusal {
            PasskeyRefusal::ReusedChallenge => Self::ReusedPasskeyChallenge,
            PasskeyRefusal::SignCountLessThanOrEqualToStoredSignCount => Self::PasskeyCounterWentBack,
            _ => Self::WrongPasskey,
        }
    }
}
