use crate::StoreError;
use wicketgate_protection::ProtectError;

/// Why an operation was refused for what the caller sent (.NET's `IdentityError`; the description is its `Display`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The name is taken.
    #[error("Username '{0}' is already taken.")]
    DuplicateUserName(String),
    /// The address is taken.
    #[error("Email '{0}' is already taken.")]
    DuplicateEmail(String),
    // the helper of this file completes the list
}

impl IdentityError {
    /// The key under which problem details list it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DuplicateUserName(_) => "DuplicateUserName",
            Self::DuplicateEmail(_) => "DuplicateEmail",
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
    /// Too many logins wait for a hash; try again after a moment.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
}
