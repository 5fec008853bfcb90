//! Normalized names and addresses that are missing, or not what .NET makes of the name: nobody finds an account by them.

mod fix;
mod pages;

use wicketgate_identity::UserId;

pub(crate) use fix::fix;
#[cfg(test)]
pub(crate) use pages::UPDATE;
pub(crate) use pages::count;
pub(crate) use pages::name_columns;

/// Accounts by what is not normalized.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotNormalized {
    /// Accounts with a name whose `NormalizedUserName` is another, or null: they cannot log in.
    pub user_names: u64,
    /// Accounts with an address whose `NormalizedEmail` is another, or null: no mail is sent to them.
    pub emails: u64,
}

/// Whether names are only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixNames {
    /// Says what would be written.
    Plan,
    /// Writes.
    Apply,
}

/// What came of it, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FixedNames {
    /// What is normalized now.
    pub fixed: NotNormalized,
    /// What stays as it is, because several accounts would have the same: the first [`MAX_CONFLICTS`](Self::MAX_CONFLICTS).
    pub conflicts: Vec<NameConflict>,
    /// How many more of these there are.
    pub more_conflicts: u64,
    /// Accounts that somebody else changed meanwhile, and that stay as they are.
    pub changed_meanwhile: u64,
}

impl FixedNames {
    /// How many conflicts are told in full.
    pub const MAX_CONFLICTS: usize = 1000;
}

/// An account that would have the same as another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConflict {
    /// Whose.
    pub id: UserId,
    /// `UserName` or `Email`.
    pub column: &'static str,
    /// What it says.
    pub value: String,
}
