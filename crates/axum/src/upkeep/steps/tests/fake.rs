//! A log of events that answers as a test wants.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

use async_trait::async_trait;
use wicketgate_identity::event::{EventFilter, StoredEvent, VerifyReport};
use wicketgate_identity::{AccountStore, MemoryStore};

use super::*;

/// So many unsealed events, and what was asked for.
#[derive(Debug, Default)]
pub(super) struct Fake {
    accounts: MemoryStore,
    pub(super) unsealed: AtomicU64,
    pub(super) is_away: AtomicBool,
    /// Old events cannot be removed.
    pub(super) is_tampered_with: AtomicBool,
    pub(super) seals: AtomicUsize,
    pub(super) erasings: AtomicUsize,
    pub(super) pruned_before: Mutex<Vec<OffsetDateTime>>,
}

impl Stores for Fake {
    fn accounts(&self) -> &dyn AccountStore {
        self.accounts.accounts()
    }

    fn events(&self) -> Option<&dyn EventLog> {
        Some(self)
    }
}

impl Fake {
    fn answer(&self, number: u64) -> Result<u64, StoreError> {
        match self.is_away.load(Relaxed) {
            true => Err(StoreError::Unavailable("away".into())),
            false => Ok(number),
        }
    }
}

#[async_trait]
impl EventLog for Fake {
    async fn add(&self, _: &Event) -> Result<(), StoreError> {
        unreachable!("upkeep adds nothing")
    }

    async fn list(&self, _: &EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }

    async fn newest_of(&self, _: &UserId, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }

    async fn seal(&self) -> Result<u64, StoreError> {
        self.seals.fetch_add(1, Relaxed);
        let sealed = self.answer(self.unsealed.load(Relaxed).min(EVENTS_PER_SEAL))?;
        self.unsealed.fetch_sub(sealed, Relaxed);
        Ok(sealed)
    }

    async fn count_unsealed(&self) -> Result<u64, StoreError> {
        self.answer(self.unsealed.load(Relaxed))
    }

    async fn sum_up(&self) -> Result<u64, StoreError> {
        self.answer(0)
    }

    async fn erase(&self, _: &UserId) -> Result<u64, StoreError> {
        self.answer(0)
    }

    async fn erase_deleted(&self) -> Result<u64, StoreError> {
        self.erasings.fetch_add(1, Relaxed);
        self.answer(1)
    }

    async fn prune(&self, before: OffsetDateTime) -> Result<u64, StoreError> {
        self.pruned_before.lock().unwrap().push(before);
        match self.is_tampered_with.load(Relaxed) {
            true => Err(StoreError::Failed("seal 1 is not intact".into())),
            false => self.answer(0),
        }
    }

    async fn head(&self) -> Result<Option<EventHead>, StoreError> {
        self.answer(0)?;
        Ok(None)
    }

    async fn verify(&self, _: Option<&EventHead>) -> Result<VerifyReport, StoreError> {
        Ok(VerifyReport::default())
    }

    async fn count_keys_under(&self, _: &str) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn reprotect_keys(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}
