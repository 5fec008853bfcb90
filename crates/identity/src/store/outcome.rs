//! What the steps of a store answer.

#[cfg(doc)]
use crate::account::{Change, Expected};

/// What became of a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateOutcome {
    /// It is there.
    Created,
    /// The name is taken; nothing was written.
    DuplicateUserName,
    /// The address is taken and had to be unique; nothing was written.
    DuplicateEmail,
}

/// What became of a [`Change`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// It is done.
    Changed,
    /// The account is not what was [`Expected`], or is gone; nothing was written.
    Conflict,
    /// The new name is taken; nothing was written.
    DuplicateUserName,
    /// The new address is taken and had to be unique; nothing was written.
    DuplicateEmail,
    /// A role has another name that the database cannot tell from this one (`Ádmin` from `Admin`), and it cannot keep both;
    /// nothing was written.
    DuplicateRoleName,
}

/// What a principal is made of beside the user's own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserClaims {
    /// Type and value of each of the user's claims, in the order they were added.
    pub claims: Vec<(String, String)>,
    /// Each role's name with the types and values of the role's own claims, in whatever order the store has.
    pub roles: Vec<(String, Vec<(String, String)>)>,
}
