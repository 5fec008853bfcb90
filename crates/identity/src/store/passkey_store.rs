//! Stores passkeys.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::account::{SecurityStamp, UserId};
use crate::event::Event;
use crate::passkey::{CredentialId, UserPasskey, VerifiedAssertion};

/// Stores passkeys, beside the accounts that they belong to (.NET's `IUserPasskeyStore`). Every method is one atomic step. What
/// writes also gives the account a new concurrency stamp, as .NET does, and does with its sessions what the event
/// [says](crate::Event::sessions).
///
/// A name must have no null character.
#[async_trait]
pub trait PasskeyStore: Debug + Send + Sync + 'static {
    /// Adds a passkey to an account that still has the security stamp `expected`, unless anybody has it or the account has `limit`
    /// passkeys.
    async fn add(
        &self,
        user: &UserId,
        expected: Option<&SecurityStamp>,
        passkey: &UserPasskey,
        limit: usize,
        event: &Event,
    ) -> Result<AddPasskeyOutcome, StoreError>;

    /// The user's passkey with this id. One indexed read.
    async fn find(&self, user: &UserId, id: &CredentialId) -> Result<Option<UserPasskey>, StoreError>;

    /// All passkeys of a user, the oldest first.
    async fn list(&self, user: &UserId) -> Result<Vec<UserPasskey>, StoreError>;

    /// The user signed in: writes the counter and whether the passkey is backed up. `false`, and nothing is written, if there is no
    /// such passkey, its counter is not the expected one any more, or the account has another security stamp or is locked: somebody
    /// else was first.
    async fn mark_used(&self, used: PasskeyUse<'_>, event: &Event) -> Result<bool, StoreError>;

    /// Gives the user's passkey a name, or none; `false` if there is no such passkey.
    async fn rename(
        &self,
        user: &UserId,
        id: &CredentialId,
        name: Option<&str>,
        event: &Event,
    ) -> Result<bool, StoreError>;

    /// Removes the user's passkey. With [`LastPasskey::Stays`] only if the user has another one.
    async fn remove(
        &self,
        user: &UserId,
        id: &CredentialId,
        last: LastPasskey,
        event: &Event,
    ) -> Result<RemovePasskeyOutcome, StoreError>;
}

/// Whether a user's only passkey may be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastPasskey {
    /// It may.
    Goes,
    /// It may not: nothing else would let the user in.
    Stays,
}

/// What came of removing a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovePasskeyOutcome {
    /// It is gone.
    Removed,
    /// The user has no such passkey.
    NotFound,
    /// It is the only one, and stays.
    Last,
}

/// A sign-in with a passkey, and what it was found right with.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyUse<'a> {
    /// Whose passkey.
    pub user: &'a UserId,
    /// Which one.
    pub id: &'a CredentialId,
    /// The counter that was verified with.
    pub expected_sign_count: u32,
    /// The security stamp of the account that was seen to be allowed to sign in.
    pub expected_stamp: Option<&'a SecurityStamp>,
    /// The time at which the account must not be locked.
    pub now: OffsetDateTime,
    /// What the passkey is like now.
    pub verified: VerifiedAssertion,
}

/// What came of adding a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddPasskeyOutcome {
    /// The user has it.
    Added,
    /// Somebody has a passkey with this id
    /// ([`PasskeyRefusal::CredentialAlreadyRegistered`](crate::passkey::PasskeyRefusal::CredentialAlreadyRegistered)).
    AlreadyRegistered,
    /// The user has as many as are allowed.
    TooMany,
    /// The account has another security stamp.
    AccountChanged,
    /// There is no such account.
    NoAccount,
}
