//! Instances whose limits are counted in one store, which can be away.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::Semaphore;
use wicketgate_protection::{DataProtection, ManualClock, SeededRandom};

use crate::event::microseconds;
use crate::limit::shared_limits::Patience;
use crate::limit::{
    LimitExceeded, LimitKey, LimitTable, LimitedAccount, LimitedAction, LimitedRequest, Quota, RateLimits,
};
use crate::options::RateLimitOptions;
use crate::store::{AccountStore, Booked, ConnectionCounts, LimitStore, MemoryStore, StoreError, Stores};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// A store that counts as others do, and can be away.
#[derive(Debug, Default)]
pub(super) struct Shared {
    accounts: MemoryStore,
    pub(super) limits: Limits,
}

#[derive(Debug)]
pub(super) struct Limits {
    table: LimitTable,
    state: Mutex<State>,
    /// Through which answers go that hang.
    pub(super) gate: Semaphore,
    /// How many pages of keys there are.
    pub(super) pages: AtomicU64,
    pub(super) bookings: AtomicUsize,
    pub(super) answers: AtomicUsize,
    pub(super) removals: AtomicUsize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Answers,
    Fails,
    Hangs,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            table: LimitTable::with_sets(4),
            state: Mutex::new(State::Answers),
            gate: Semaphore::new(0),
            pages: AtomicU64::new(1),
            bookings: AtomicUsize::new(0),
            answers: AtomicUsize::new(0),
            removals: AtomicUsize::new(0),
        }
    }
}

#[async_trait]
impl LimitStore for Limits {
    async fn book(&self, key: LimitKey, quota: Quota, now: OffsetDateTime) -> Result<Booked, StoreError> {
        self.bookings.fetch_add(1, Relaxed);
        let state = *self.state.lock().unwrap();
        match state {
            State::Answers => {}
            State::Fails => return Err(StoreError::Unavailable("away".into())),
            State::Hangs => self.gate.acquire().await.unwrap().forget(),
        }
        self.answers.fetch_add(1, Relaxed);
        let now = microseconds(now);
        Ok(match self.table.book(key, quota, now) {
            Ok(_) => Booked::Admitted,
            Err(wait) => Booked::Refused {
                booked_until: quota.booking(now).latest + i64::try_from(wait.as_micros()).unwrap(),
            },
        })
    }

    async fn remove_past(
        &self,
        _: Quota,
        _: OffsetDateTime,
        after: Option<LimitKey>,
        _: usize,
    ) -> Result<Option<LimitKey>, StoreError> {
        self.removals.fetch_add(1, Relaxed);
        let page = after.map_or(0, LimitKey::as_u128);
        let is_last = page >= u128::from(self.pages.load(Relaxed));
        Ok((!is_last).then(|| LimitKey::from_u128(page + 1)))
    }
}

impl Stores for Shared {
    fn accounts(&self) -> &dyn AccountStore {
        self.accounts.accounts()
    }

    fn rate_limits(&self) -> Option<&dyn LimitStore> {
        Some(&self.limits)
    }

    fn connections(&self) -> Option<ConnectionCounts> {
        Some(ConnectionCounts {
            open: 1,
            in_use: 0,
            most: 10,
        })
    }
}

pub(super) struct World {
    pub(super) stores: Arc<Shared>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) protection: DataProtection,
}

impl World {
    pub(super) fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self {
            stores: Arc::default(),
            protection: DataProtection::ephemeral(clock.clone(), Arc::new(SeededRandom::new(1))),
            clock,
        }
    }

    /// The limits of one more instance, which waits as long as it takes for an answer.
    pub(super) fn instance(&self) -> RateLimits {
        self.patient(Duration::from_secs(3_600), Duration::from_secs(3_600))
    }

    pub(super) fn patient(&self, answer: Duration, pause: Duration) -> RateLimits {
        let (options, stores) = (RateLimitOptions::default(), self.stores.clone());
        let patience = Patience { answer, pause };
        RateLimits::with_patience(options, stores, &self.protection, self.clock.clone(), patience)
    }

    /// An instance with stores of its own.
    pub(super) fn instance_on(&self, stores: Arc<dyn Stores>) -> RateLimits {
        RateLimits::new(
            RateLimitOptions::default(),
            stores,
            &self.protection,
            self.clock.clone(),
        )
    }

    pub(super) fn set(&self, state: State) {
        *self.stores.limits.state.lock().unwrap() = state;
    }

    pub(super) fn bookings(&self) -> usize {
        self.stores.limits.bookings.load(Relaxed)
    }
}

pub(super) async fn log_in(limits: &RateLimits, account: &str, client: Option<&str>) -> Result<(), LimitExceeded> {
    let client: Option<IpAddr> = client.map(|client| client.parse().unwrap());
    let request = LimitedRequest {
        action: LimitedAction::Login,
        account: Some(LimitedAccount::Typed(account)),
        client,
    };
    limits.check(request).await
}

/// Lets others go on until it is so.
pub(super) async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it is not so yet");
}
