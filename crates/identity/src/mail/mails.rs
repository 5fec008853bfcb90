//! Mails that wait to be sent, protected with the key ring.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::sync::Notify;
use uuid::Uuid;
use wicketgate_protection::{Clock, DataProtection, Protector, Random, UnprotectError};

use super::payload;
use super::queued::{LeasedMail, MailCounts, QueuedMail, WaitingMail};
use super::{EmailMessage, EmailText};
use crate::error::Error;
use crate::store::{MailQueue, MemoryMails, StoreError, Stores};
use crate::text::guid_of_time;

/// How many mails may wait for one recipient, and besides them how many notices of changes.
const MOST_FOR_ONE_RECIPIENT: u64 = 20;

/// The mails of an application that wait to be sent: in its stores, if they have a
/// [`MailQueue`](crate::store::MailQueue), or in memory. Cheap to clone.
///
/// What a mail says and to whom is protected with the key ring, since there are codes in it. A key that was revoked
/// still opens it.
#[derive(Clone)]
pub struct Mails {
    inner: Arc<Inner>,
}

struct Inner {
    stores: Arc<dyn Stores>,
    /// Where mails are if the stores have no place for them.
    memory: MemoryMails,
    protector: Protector,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Mails were added.
    added: Notify,
}

/// What a step of [`Mails::reprotect`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReprotectStep {
    /// How many mails are under the new key.
    pub changed: u64,
    /// How many cannot be opened, because their key is lost.
    pub unreadable: u64,
    /// From where the next step goes on; `None` after the last one.
    pub next: Option<Uuid>,
}

impl Mails {
    /// The mails in these stores; in memory if they have no place for them.
    pub fn new(
        stores: Arc<dyn Stores>,
        data_protection: &DataProtection,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                stores,
                memory: MemoryMails::default(),
                protector: data_protection.protector(&["Wicketgate", "Mails"]),
                clock,
                random,
                added: Notify::new(),
            }),
        }
    }

    /// Where they are kept.
    pub fn queue(&self) -> &dyn MailQueue {
        self.inner.stores.mails().unwrap_or(&self.inner.memory)
    }

    /// Whether mails outlive the process.
    pub fn are_durable(&self) -> bool {
        self.queue().is_durable()
    }

    /// Whether the stores keep them, so that a mail can be written together with the account that it is about.
    pub fn are_in_stores(&self) -> bool {
        self.inner.stores.mails().is_some()
    }

    /// The mail as it is kept, for [`AccountStore::create`](crate::AccountStore::create).
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key.
    pub async fn protect(&self, message: &EmailMessage) -> Result<QueuedMail, Error> {
        self.queued(&message.to, Some(message)).await
    }

    /// Adds a mail. If too many are waiting for its recipient already, it is dropped, with a decoy in its place, so
    /// that the time of the answer does not tell. Notices of changes are counted by themselves: whoever has mails sent to
    /// an address keeps none of them away from it.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key.
    pub async fn add(&self, message: &EmailMessage) -> Result<(), Error> {
        let waiting = self
            .queue()
            .count_for(&recipient(&message.to, Some(&message.text)))
            .await?;
        let is_full = waiting >= MOST_FOR_ONE_RECIPIENT;
        let mail = self.queued(&message.to, (!is_full).then_some(message)).await?;
        match self.queue().add(&mail).await {
            Err(error) if !self.are_durable() => {
                tracing::error!(user = %message.user, %error, "mail dropped");
                return Ok(());
            }
            added => added?,
        }
        self.wake();
        if is_full {
            tracing::error!(user = %message.user, "mail dropped: too many mails are waiting for this recipient");
        }
        Ok(())
    }

    /// Does what [`add`](Self::add) does, and costs as much, for an address that gets no mail: the time of an answer
    /// must not tell whether there is an account. What is added goes to nobody, and is removed instead of sent.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub async fn add_decoy(&self, address: &str) -> Result<(), Error> {
        if !self.are_durable() {
            // Adding one there takes no time that anybody could measure.
            return Ok(());
        }
        self.queue().count_for(&recipient(address, None)).await?;
        let decoy = self.queued(address, None).await?;
        self.queue().add(&decoy).await?;
        self.wake();
        Ok(())
    }

    /// Has the worker look at once, because mails were added.
    pub(crate) fn wake(&self) {
        self.inner.added.notify_one();
    }

    /// How many mails wait, and for how long.
    pub async fn counts(&self) -> Result<MailCounts, StoreError> {
        self.queue().counts().await
    }

    /// How many mails are protected with this key.
    pub async fn count_protected_with(&self, key_id: Uuid) -> Result<u64, StoreError> {
        self.queue().count_protected_with(key_id).await
    }

    /// Protects up to `limit` mails with the key that protects now, if they are under another one: those after the
    /// mail `after`. Repeat it from [`ReprotectStep::next`] until that is `None`.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key or cannot be read.
    pub async fn reprotect(&self, after: Option<Uuid>, limit: usize) -> Result<ReprotectStep, Error> {
        let key = self.inner.protector.protecting_key().await?;
        let page = self.queue().protected(after, limit).await?;
        let mut step = ReprotectStep {
            next: page.last().filter(|_| page.len() == limit).map(|mail| mail.id),
            ..ReprotectStep::default()
        };
        for mail in page.iter().filter(|mail| mail.protected.key_id != key) {
            match payload::protect_again(&self.inner.protector, &mail.protected).await {
                Ok(protected) => {
                    let old = mail.protected.key_id;
                    let is_changed = self.queue().protect_anew(mail.id, old, &protected?).await?;
                    step.changed += u64::from(is_changed);
                }
                Err(UnprotectError::Repository(error)) => return Err(Error::Protect(error.into())),
                Err(UnprotectError::Invalid | UnprotectError::Expired) => step.unreadable += 1,
            }
        }
        Ok(step)
    }

    /// What a mail says and to whom.
    ///
    /// # Errors
    /// It is damaged, or its key is lost.
    pub async fn open(&self, mail: &LeasedMail) -> Result<EmailMessage, UnprotectError> {
        payload::open(&self.inner.protector, &mail.protected).await
    }

    pub(super) fn added(&self) -> &Notify {
        &self.inner.added
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.inner.clock.now()
    }

    /// Whose mails are under a lease.
    pub(super) fn new_lease(&self) -> Uuid {
        self.new_id(self.now())
    }

    async fn queued(&self, address: &str, message: Option<&EmailMessage>) -> Result<QueuedMail, Error> {
        let now = self.inner.clock.now();
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        Ok(QueuedMail {
            waiting: WaitingMail {
                id: self.new_id(now),
                created: now,
                due: now,
                attempts: 0,
                recipient: recipient(address, message.map(|message| &message.text)),
                domain: message.map_or_else(String::new, |_| hash("domain", domain)),
            },
            protected: payload::protect(&self.inner.protector, message).await?,
        })
    }

    /// Sorts by time.
    fn new_id(&self, now: OffsetDateTime) -> Uuid {
        let mut random = [0; 10];
        self.inner.random.fill(&mut random);
        guid_of_time(now, &random)
    }
}

/// The same for all notices of changes to an address, in upper or lower case, and for all other mails to it.
fn recipient(address: &str, text: Option<&EmailText>) -> String {
    let purpose = match text {
        Some(EmailText::Notice(notice)) if notice.is_of_a_change() => "recipient of notices",
        _ => "recipient",
    };
    hash(purpose, address)
}

/// So that rows are of one length, and no address is in them. Whoever has the table can still find out by trying whether
/// there is a mail for an address that he knows.
fn hash(purpose: &str, text: &str) -> String {
    let hash = Sha256::new()
        .chain_update(purpose)
        .chain_update([0])
        .chain_update(text.to_lowercase())
        .finalize();
    BASE64URL_NOPAD.encode(&hash[..16])
}

impl fmt::Debug for Mails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mails")
            .field("queue", &self.queue())
            .finish_non_exhaustive()
    }
}
