//! The events of limits that are reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use super::world::{World, log_in, until};
use crate::account::UserId;
use crate::event::{Event, EventFilter, EventHead, StoredEvent, VerifyReport};
use crate::limit::{LimitedAccount, LimitedAction, LimitedRequest, RateLimits};
use crate::store::{AccountStore, EventLog, MemoryStore, StoreError, Stores};

/// Counts events.
#[derive(Debug, Default)]
struct Log {
    accounts: MemoryStore,
    events: AtomicUsize,
}

impl Stores for Log {
    fn accounts(&self) -> &dyn AccountStore {
        self.accounts.accounts()
    }

    fn events(&self) -> Option<&dyn EventLog> {
        Some(self)
    }
}

#[async_trait]
impl EventLog for Log {
    async fn add(&self, _: &Event) -> Result<(), StoreError> {
        self.events.fetch_add(1, Relaxed);
        Ok(())
    }

    async fn list(&self, _: &EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }

    async fn newest_of(&self, _: &UserId, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(Vec::new())
    }

    async fn seal(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn count_unsealed(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn sum_up(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn erase(&self, _: &UserId) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn erase_deleted(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn prune(&self, _: OffsetDateTime) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn head(&self) -> Result<Option<EventHead>, StoreError> {
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

/// Until it is over the limit by one.
async fn exceed(limits: &RateLimits, name: &str) {
    for _ in 0..40 {
        log_in(limits, name, None).await.unwrap();
    }
    log_in(limits, name, None).await.unwrap_err();
    // The event is written in a task.
    tokio::task::yield_now().await;
}

#[tokio::test]
async fn strangers_cannot_fill_the_table_of_events() {
    let (world, log) = (World::new(), Arc::new(Log::default()));
    let limits = world.instance_on(log.clone());
    for number in 0..100 {
        exceed(&limits, &format!("user{number}")).await;
    }
    until(|| log.events.load(Relaxed) == 60).await;
    // Whose name a ticket has is no stranger.
    let ada = UserId::from_stored("ada");
    let request = LimitedRequest {
        action: LimitedAction::Info,
        account: Some(LimitedAccount::Known(&ada)),
        client: None,
    };
    while limits.check(request).await.is_ok() {}
    until(|| log.events.load(Relaxed) == 61).await;
    world.clock.advance(Duration::seconds(10));
    for number in 100..200 {
        exceed(&limits, &format!("user{number}")).await;
    }
    until(|| log.events.load(Relaxed) == 71).await;
}
