//! Keeps mails until they are sent.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::StoreError;
use crate::mail::{LeasedMail, MailCounts, ProtectedMail, QueuedMail, WaitingMail};

/// Keeps mails until they are sent. Every method is one atomic step.
///
/// The mail of a registration is not added here, but by
/// [`AccountStore::create`](super::AccountStore::create), in the transaction that creates the account.
///
/// Any number of instances may send from one queue. Their clocks may differ by some seconds, so leases are longer than
/// an attempt by minutes.
#[async_trait]
pub trait MailQueue: Debug + Send + Sync + 'static {
    /// Whether mails outlive the process. A process that ends waits for the mails of a queue that does not.
    fn is_durable(&self) -> bool {
        true
    }

    /// How many mails wait for this [`recipient`](WaitingMail::recipient).
    async fn count_for(&self, recipient: &str) -> Result<u64, StoreError>;
    /// Adds a mail.
    async fn add(&self, mail: &QueuedMail) -> Result<(), StoreError>;

    /// Up to `limit` mails that are due at `now`, ordered by when they were due and by id, after the mail `after`.
    async fn due(
        &self,
        now: OffsetDateTime,
        after: Option<&WaitingMail>,
        limit: usize,
    ) -> Result<Vec<WaitingMail>, StoreError>;
    /// Leases those of the mails that are still due as they were seen: until then they are due for nobody else. Of any
    /// number of calls with one mail as it was seen, one gets it.
    async fn lease(
        &self,
        seen: &[WaitingMail],
        lease: Uuid,
        until: OffsetDateTime,
    ) -> Result<Vec<LeasedMail>, StoreError>;
    /// Removes mails that were sent or given up, whoever has them under a lease.
    async fn remove(&self, ids: &[Uuid]) -> Result<(), StoreError>;
    /// Ends this lease of a mail, which is to be tried again when it is due. Changes nothing if somebody else has the
    /// mail by now.
    async fn try_later(&self, id: Uuid, lease: Uuid, attempts: u32, due: OffsetDateTime) -> Result<(), StoreError>;
    /// Ends this lease of all mails, which are due at `now`.
    async fn release(&self, lease: Uuid, now: OffsetDateTime) -> Result<(), StoreError>;

    /// How many mails wait, and for how long.
    async fn counts(&self) -> Result<MailCounts, StoreError>;
    /// How many mails are protected with this key.
    async fn count_protected_with(&self, key_id: Uuid) -> Result<u64, StoreError>;
    /// Up to `limit` mails after the one with the id `after`, ordered by id: what is under which key.
    async fn protected(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<LeasedMail>, StoreError>;
    /// Replaces what a mail is protected with, if it is still protected with the key `old`; whether it was.
    async fn protect_anew(&self, id: Uuid, old: Uuid, new: &ProtectedMail) -> Result<bool, StoreError>;
}
