//! Keeps events.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::account::UserId;
use crate::event::{Event, EventFilter, EventHead, StoredEvent, VerifyReport};

/// The events that a store has kept: every [`Event`] that came with a step of the
/// [`AccountStore`](super::AccountStore), written in the transaction of that step and signed with a key of its own, and those
/// that belong to no step ([`add`](Self::add)).
///
/// [`seal`](Self::seal), [`sum_up`](Self::sum_up), [`erase_deleted`](Self::erase_deleted) and [`prune`](Self::prune) are
/// the steps of a task in the background. Each is bounded, and any number of instances may take them at once.
#[async_trait]
pub trait EventLog: Debug + Send + Sync + 'static {
    /// Keeps an event that belongs to no step.
    async fn add(&self, event: &Event) -> Result<(), StoreError>;

    /// A page of events, newest first.
    ///
    /// It is for operators: to find few, a store may read all that it has, for minutes.
    async fn list(&self, filter: &EventFilter) -> Result<Vec<StoredEvent>, StoreError>;

    /// The newest events of a user, newest first; no more than [`EventFilter::MAX_LIMIT`] in any case. It is for requests: a store reads
    /// these alone.
    async fn newest_of(&self, user: &UserId, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// Puts up to [`EVENTS_PER_SEAL`](crate::event::EVENTS_PER_SEAL) events under the next seal, and returns how many. If it
    /// is that many, more may wait. Zero also where another instance is just sealing the same ones.
    async fn seal(&self) -> Result<u64, StoreError>;

    /// How many events are not sealed yet; 1,000 if there are more.
    async fn count_unsealed(&self) -> Result<u64, StoreError>;

    /// Makes an event of each count of failed sign-ins to unknown accounts whose minute is over, and returns how many
    /// there were; there may be more.
    async fn sum_up(&self) -> Result<u64, StoreError>;

    /// Erases the personal parts of up to 1,000 sealed events of a user, and returns how many. Call it again until it
    /// returns zero. Events that are not sealed yet stay as they are.
    async fn erase(&self, user: &UserId) -> Result<u64, StoreError>;

    /// Looks at the next few hundred users that events name, and [erases](Self::erase) what there is of those who no
    /// longer exist, whoever deleted them. Returns how many events were erased.
    async fn erase_deleted(&self) -> Result<u64, StoreError>;

    /// Removes the events under the oldest seal if all of them happened before this instant, and returns how many. The
    /// checkpoint that is left signs where the chain begins now. Zero when there is nothing to remove.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if the seal does not fit its events, or its key is lost: a checkpoint would sign that nothing
    /// was wrong with them.
    async fn prune(&self, before: OffsetDateTime) -> Result<u64, StoreError>;

    /// The newest seal.
    async fn head(&self) -> Result<Option<EventHead>, StoreError>;

    /// Checks every event, and the chain of seals from its beginning or the checkpoint to its head. With an expected head,
    /// such as one that was kept elsewhere, also whether the chain still has it.
    async fn verify(&self, expected: Option<&EventHead>) -> Result<VerifyReport, StoreError>;

    /// How many of the keys that sign events are protected with this key of the ring, given by its id.
    async fn count_keys_under(&self, ring_key: &str) -> Result<u64, StoreError>;

    /// Protects the keys that sign events with the ring's current key, where they are not, and returns how many.
    async fn reprotect_keys(&self) -> Result<u64, StoreError>;
}
