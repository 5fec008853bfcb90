//! Stores which accounts are to be deleted.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{ChangeOutcome, StoreError};
use crate::account::{Closing, Deletion, DueDeletion, SecurityStamp, UserId};
use crate::event::Event;

/// Stores which accounts are to be deleted, and when. Every method is one atomic step, as those of an
/// [`AccountStore`](super::AccountStore), whose accounts these are: its [`delete`](super::AccountStore::delete) forgets in the same step
/// that the account was to be deleted, since a later one may get the same number.
#[async_trait]
pub trait DeletionStore: Debug + Send + Sync + 'static {
    /// Keeps that an account is to be deleted, and [closes](Closing::lockout) it, if it has this security stamp. An earlier request is
    /// replaced, but not what it kept of the account as it was before it was closed.
    async fn request(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        closing: &Closing,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError>;
    /// Forgets that, and gives the account the [lockout](Deletion::lockout_afterwards) that it has without it, and no failures.
    /// [`ChangeOutcome::Conflict`] if it is not to be deleted.
    async fn cancel(&self, id: &UserId, event: &Event) -> Result<ChangeOutcome, StoreError>;
    /// When an account is to be deleted.
    async fn find(&self, id: &UserId) -> Result<Option<Deletion>, StoreError>;
    /// Up to `limit` accounts that are to be deleted by now, those first that have been so the longest, and those of one instant in an
    /// order of their ids. The page begins behind `after`, whether or not that is still there.
    async fn list_due(
        &self,
        now: OffsetDateTime,
        after: Option<&DueDeletion>,
        limit: usize,
    ) -> Result<Vec<DueDeletion>, StoreError>;
    /// Deletes an account and everything that belongs to it, if it is to be deleted by now and is still
    /// [closed](Deletion::is_closed). Of any number of parallel calls, one deletes it.
    async fn delete(&self, id: &UserId, now: OffsetDateTime, event: &Event) -> Result<DeletionOutcome, StoreError>;
}

/// What became of an account that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionOutcome {
    /// It is gone.
    Deleted,
    /// Somebody has unlocked it: it stays, and is not to be deleted any more.
    Kept,
    /// It is not to be deleted, or not yet, or was gone before.
    NotDue,
}
