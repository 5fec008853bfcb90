//! Errors, and the reasons for refusing an operation.

use wicketgate_protection::ProtectError;

use crate::passkey::PasskeyRefusal;
use crate::store::StoreError;

/// The result of an operation: its value, or every reason for refusing it (.NET's `IdentityResult`), in .NET's order.
///
/// A refusal is a regular answer that says what is wrong with the input. [`Error`] is for failures.
pub type IdentityResult<T = ()> = Result<T, Vec<IdentityError>>;

/// What is wrong with the input (.NET's `IdentityError`; `Display` is its description).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The name is empty or has a character that is not allowed.
    #[error("Username '{0}' is invalid, can only contain letters or digits.")]
    InvalidUserName(String),
    /// The name is taken.
    #[error("Username '{0}' is already taken.")]
    DuplicateUserName(String),
    /// The address is empty or not an e-mail address.
    #[error("Email '{0}' is invalid.")]
    InvalidEmail(String),
    /// The address is taken.
    #[error("Email '{0}' is already taken.")]
    DuplicateEmail(String),
    /// The database cannot distinguish the role's name from that of another role.
    #[error("Role name '{0}' is already taken.")]
    DuplicateRoleName(String),
    /// The password has fewer UTF-16 code units than this.
    #[error("Passwords must be at least {0} characters.")]
    PasswordTooShort(usize),
    /// The password needs something that is neither a letter nor a digit.
    #[error("Passwords must have at least one non alphanumeric character.")]
    PasswordRequiresNonAlphanumeric,
    /// The password needs a digit.
    #[error("Passwords must have at least one digit ('0'-'9').")]
    PasswordRequiresDigit,
    /// The password needs a lower-case letter.
    #[error("Passwords must have at least one lowercase ('a'-'z').")]
    PasswordRequiresLower,
    /// The password needs an upper-case letter.
    #[error("Passwords must have at least one uppercase ('A'-'Z').")]
    PasswordRequiresUpper,
    /// The password has fewer different characters than this.
    #[error("Passwords must use at least {0} different characters.")]
    PasswordRequiresUniqueChars(usize),
    /// The password has more than this many bytes in UTF-8. (.NET has no such error.)
    #[error("Passwords must be at most {0} bytes.")]
    PasswordTooLong(usize),
    /// The password is one of those that are used most. (.NET has no such error.)
    #[error("Passwords must not be among those that are used most.")]
    PasswordTooCommon,
    /// The password is made of names. (.NET has no such error.)
    #[error("Passwords must not be made of your name, your address or the name of this service.")]
    PasswordContainsName,
    /// The password is known from a data breach. (.NET has no such error.)
    #[error("This password is known from a data breach. Choose another one.")]
    PasswordBreached,
    /// The password is needed to turn the second factor off. (.NET has no such error.)
    #[error("The password is required to turn off two-factor authentication.")]
    PasswordRequired,
    /// The old password is wrong.
    #[error("Incorrect password.")]
    PasswordMismatch,
    /// The code or link is wrong, expired, or older than the last change of credentials.
    #[error("Invalid token.")]
    InvalidToken,
    /// Another request changed the account at the same time.
    #[error("Optimistic concurrency failure, object has been modified.")]
    ConcurrencyFailure,
    /// A new password came without the old one.
    #[error(
        "The old password is required to set a new password. If the old password is forgotten, use /resetPassword."
    )]
    OldPasswordRequired,
    /// The authenticator key cannot be reset by the request that switches the second factor on.
    #[error(
        "Resetting the 2fa shared key must disable 2fa until a 2fa token based on the new shared key is validated."
    )]
    CannotResetSharedKeyAndEnable,
    /// The second factor cannot be switched on without a code.
    #[error("No 2fa token was provided by the request. A valid 2fa token is required to enable 2fa.")]
    RequiresTwoFactor,
    /// The code for switching the second factor on is wrong.
    #[error("The 2fa token provided by the request was invalid. A valid 2fa token is required to enable 2fa.")]
    InvalidTwoFactorCode,
    /// A new passkey is refused, for this reason.
    #[error(transparent)]
    InvalidPasskey(#[from] PasskeyRefusal),
    /// A passkey cannot have this name. (.NET has no such error.)
    #[error("A passkey's name has at most {0} characters, and no null character.")]
    InvalidPasskeyName(usize),
    /// The account has no password, and this is its only passkey. (.NET has no such error.)
    #[error("This is the only way to sign in to the account. Add another passkey or set a password first.")]
    LastSignInMethod,
}

impl IdentityError {
    /// Whether it only says that another account has this name or address.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::DuplicateUserName(_) | Self::DuplicateEmail(_))
    }

    /// Its key in problem details.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUserName(_) => "InvalidUserName",
            Self::DuplicateUserName(_) => "DuplicateUserName",
            Self::InvalidEmail(_) => "InvalidEmail",
            Self::DuplicateEmail(_) => "DuplicateEmail",
            Self::DuplicateRoleName(_) => "DuplicateRoleName",
            Self::PasswordTooShort(_) => "PasswordTooShort",
            Self::PasswordRequiresNonAlphanumeric => "PasswordRequiresNonAlphanumeric",
            Self::PasswordRequiresDigit => "PasswordRequiresDigit",
            Self::PasswordRequiresLower => "PasswordRequiresLower",
            Self::PasswordRequiresUpper => "PasswordRequiresUpper",
            Self::PasswordRequiresUniqueChars(_) => "PasswordRequiresUniqueChars",
            Self::PasswordTooLong(_) => "PasswordTooLong",
            Self::PasswordTooCommon => "PasswordTooCommon",
            Self::PasswordContainsName => "PasswordContainsName",
            Self::PasswordBreached => "PasswordBreached",
            Self::PasswordRequired => "PasswordRequired",
            Self::PasswordMismatch => "PasswordMismatch",
            Self::InvalidToken => "InvalidToken",
            Self::ConcurrencyFailure => "ConcurrencyFailure",
            Self::OldPasswordRequired => "OldPasswordRequired",
            Self::CannotResetSharedKeyAndEnable => "CannotResetSharedKeyAndEnable",
            Self::RequiresTwoFactor => "RequiresTwoFactor",
            Self::InvalidTwoFactorCode => "InvalidTwoFactorCode",
            Self::InvalidPasskey(PasskeyRefusal::TooManyPasskeys) => "TooManyPasskeys",
            Self::InvalidPasskey(_) => "InvalidPasskey",
            Self::InvalidPasskeyName(_) => "InvalidPasskeyName",
            Self::LastSignInMethod => "LastSignInMethod",
        }
    }
}

/// Why an operation could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key ring failed.
    #[error(transparent)]
    Protect(#[from] ProtectError),
    /// Too many passwords are waiting to be hashed; try again in a moment.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The [`BreachCorpus`](crate::password::BreachCorpus) cannot be read.
    #[error("the corpus of breached passwords cannot be read: {0}")]
    BreachCorpus(std::io::Error),
    /// The [`Caller`](crate::request::Caller) disconnected before the password was hashed; nothing was done.
    #[error("nobody waits for the answer any more")]
    Abandoned,
}
