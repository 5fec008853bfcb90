//! The answers of a store's steps.

use crate::account::UserId;
#[cfg(doc)]
use crate::account::{Change, Expected};

/// The outcome of creating an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateOutcome {
    /// It exists, with this id.
    Created(UserId),
    /// The name is taken; nothing was written.
    DuplicateUserName,
    /// The address is taken and had to be unique; nothing was written.
    DuplicateEmail,
}

/// The outcome of a [`Change`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// The change was made.
    Changed,
    /// The account is no longer as [`Expected`], or does not exist; nothing was written.
    Conflict,
    /// The account is as [`Expected`], but the secret that the change redeems was redeemed before, or has expired; nothing was
    /// written.
    AlreadyRedeemed,
    /// The new name is taken; nothing was written.
    DuplicateUserName,
    /// The new address is taken and had to be unique; nothing was written.
    DuplicateEmail,
    /// There is a role whose name the database cannot distinguish from this one (`Ádmin` and `Admin`); nothing was
    /// written.
    DuplicateRoleName,
}

/// The part of a principal that is not in the user's own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserClaims {
    /// Type and value of each of the user's claims, in the order in which they were added.
    pub claims: Vec<(String, String)>,
    /// Each role's name, with the types and values of the role's own claims, in no particular order.
    pub roles: Vec<(String, Vec<(String, String)>)>,
}
