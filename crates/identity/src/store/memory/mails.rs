//! Mails in memory, which the end of the process loses.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::User;
use crate::mail::{LeasedMail, MailCounts, ProtectedMail, QueuedMail, WaitingMail};
use crate::store::{MailQueue, StoreError};

/// How many mails may wait.
const MOST_MAILS: usize = 10_000;
/// And how many bytes they may have together.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Mails in memory, at most 10,000 and 16 MiB of them.
#[derive(Default)]
pub(crate) struct MemoryMails {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mails: BTreeMap<Uuid, Kept>,
    recipients: HashMap<String, u64>,
    bytes: usize,
}

struct Kept {
    mail: QueuedMail,
    lease: Option<Uuid>,
}

impl MemoryMails {
    /// Adds the mail of a new account, if there is room for it: the account is created all the same.
    pub(super) fn add_or_drop(&self, mail: &QueuedMail, user: &User) {
        if let Err(error) = self.state().add(mail.clone()) {
            tracing::error!(user = %user.id, %error, "mail dropped");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No method leaves the state half-written, so it is intact even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, mail: QueuedMail) -> Result<(), StoreError> {
        let bytes = size(&mail);
        if self.mails.len() >= MOST_MAILS || self.bytes + bytes > MOST_BYTES {
            return Err(StoreError::Unavailable("too many mails are waiting to be sent".into()));
        }
        self.bytes += bytes;
        *self.recipients.entry(mail.waiting.recipient.clone()).or_default() += 1;
        self.mails.insert(mail.waiting.id, Kept { mail, lease: None });
        Ok(())
    }

    fn remove(&mut self, id: &Uuid) {
        let Some(Kept { mail, .. }) = self.mails.remove(id) else {
            return;
        };
        self.bytes -= size(&mail);
        if let Some(waiting) = self.recipients.get_mut(&mail.waiting.recipient) {
            *waiting -= 1;
            if *waiting == 0 {
                self.recipients.remove(&mail.waiting.recipient);
            }
        }
    }
}

/// Near enough.
fn size(mail: &QueuedMail) -> usize {
    size_of::<Kept>() + mail.protected.payload.len() + 2 * mail.waiting.recipient.len() + mail.waiting.domain.len()
}

/// Only their number, not their contents.
impl fmt::Debug for MemoryMails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.state().mails.len())
    }
}

#[async_trait]
impl MailQueue for MemoryMails {
    fn is_durable(&self) -> bool {
        false
    }

    async fn count_for(&self, recipient: &str) -> Result<u64, StoreError> {
        Ok(self.state().recipients.get(recipient).copied().unwrap_or_default())
    }

    async fn add(&self, mail: &QueuedMail) -> Result<(), StoreError> {
        self.state().add(mail.clone())
    }

    async fn due(
        &self,
        now: OffsetDateTime,
        after: Option<&WaitingMail>,
        limit: usize,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        let place = |mail: &WaitingMail| (mail.due, mail.id);
        let after = after.map(place);
        let state = self.state();
        let mails = state.mails.values().map(|kept| &kept.mail.waiting);
        let mut due: Vec<_> = mails
            .filter(|mail| mail.due <= now && after.is_none_or(|after| place(mail) > after))
            .collect();
        due.sort_by_key(|mail| place(mail));
        Ok(due.into_iter().take(limit).cloned().collect())
    }

    async fn lease(
        &self,
        seen: &[WaitingMail],
        lease: Uuid,
        until: OffsetDateTime,
    ) -> Result<Vec<LeasedMail>, StoreError> {
        let mut state = self.state();
        let mut leased = Vec::new();
        for seen in seen {
            if let Some(kept) = state.mails.get_mut(&seen.id)
                && kept.mail.waiting.due == seen.due
            {
                kept.mail.waiting.due = until;
                kept.lease = Some(lease);
                leased.push(LeasedMail {
                    id: seen.id,
                    protected: kept.mail.protected.clone(),
                });
            }
        }
        Ok(leased)
    }

    async fn remove(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let mut state = self.state();
        ids.iter().for_each(|id| state.remove(id));
        Ok(())
    }

    async fn try_later(&self, id: Uuid, lease: Uuid, attempts: u32, due: OffsetDateTime) -> Result<(), StoreError> {
        if let Some(kept) = self.state().mails.get_mut(&id)
            && kept.lease == Some(lease)
        {
            kept.lease = None;
            kept.mail.waiting.attempts = attempts;
            kept.mail.waiting.due = due;
        }
        Ok(())
    }

    async fn release(&self, lease: Uuid, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut state = self.state();
        for kept in state.mails.values_mut().filter(|kept| kept.lease == Some(lease)) {
            kept.lease = None;
            kept.mail.waiting.due = now;
        }
        Ok(())
    }

    async fn counts(&self) -> Result<MailCounts, StoreError> {
        let state = self.state();
        let mails = state.mails.values().map(|kept| &kept.mail.waiting);
        let mails = mails.filter(|mail| !mail.is_decoy());
        Ok(MailCounts {
            waiting: mails.clone().take(MailCounts::MOST).count() as u64,
            oldest: mails.map(|mail| mail.created).min(),
        })
    }

    async fn count_protected_with(&self, key_id: Uuid) -> Result<u64, StoreError> {
        let state = self.state();
        let mails = state.mails.values();
        Ok(mails.filter(|kept| kept.mail.protected.key_id == key_id).count() as u64)
    }

    async fn protected(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<LeasedMail>, StoreError> {
        let state = self.state();
        let later = state
            .mails
            .iter()
            .filter(|(id, _)| after.is_none_or(|after| **id > after));
        let later = later.take(limit).map(|(id, kept)| LeasedMail {
            id: *id,
            protected: kept.mail.protected.clone(),
        });
        Ok(later.collect())
    }

    async fn protect_anew(&self, id: Uuid, old: Uuid, new: &ProtectedMail) -> Result<bool, StoreError> {
        let mut state = self.state();
        let kept = state
            .mails
            .get_mut(&id)
            .filter(|kept| kept.mail.protected.key_id == old);
        let Some(kept) = kept else { return Ok(false) };
        let (was, is) = (kept.mail.protected.payload.len(), new.payload.len());
        kept.mail.protected = new.clone();
        state.bytes = state.bytes - was + is;
        Ok(true)
    }
}
