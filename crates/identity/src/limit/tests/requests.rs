//! Requests that are counted, here and in a store that others share.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use time::macros::datetime;
use wicketgate_protection::{DataProtection, ManualClock, SeededRandom};

use crate::event::microseconds;
use crate::limit::shared_limits::Patience;
use crate::limit::{
    LimitExceeded, LimitKey, LimitScope, LimitTable, LimitedAccount, LimitedAction, LimitedRequest, Quota, RateLimits,
};
use crate::options::RateLimitOptions;
use crate::store::{AccountStore, Booked, LimitStore, MemoryStore, StoreError, Stores};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// A store that counts as others do, and can be away.
#[derive(Debug, Default)]
struct Shared {
    accounts: MemoryStore,
    limits: Limits,
}

#[derive(Debug)]
struct Limits {
    table: LimitTable,
    state: Mutex<State>,
    bookings: AtomicUsize,
    removals: AtomicUsize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Answers,
    Fails,
    Hangs,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            table: LimitTable::with_sets(4),
            state: Mutex::new(State::Answers),
            bookings: AtomicUsize::new(0),
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
            State::Hangs => std::future::pending::<()>().await,
        }
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
        _: OffsetDateTime,
        after: Option<LimitKey>,
        _: usize,
    ) -> Result<Option<LimitKey>, StoreError> {
        self.removals.fetch_add(1, Relaxed);
        Ok(match after {
            None => Some(LimitKey::from_u128(1)),
            Some(_) => None,
        })
    }
}

impl Stores for Shared {
    fn accounts(&self) -> &dyn AccountStore {
        self.accounts.accounts()
    }

    fn rate_limits(&self) -> Option<&dyn LimitStore> {
        Some(&self.limits)
    }
}

struct World {
    stores: Arc<Shared>,
    clock: Arc<ManualClock>,
    protection: DataProtection,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self {
            stores: Arc::default(),
            protection: DataProtection::ephemeral(clock.clone(), Arc::new(SeededRandom::new(1))),
            clock,
        }
    }

    /// The limits of one more instance.
    fn instance(&self) -> RateLimits {
        self.instance_on(self.stores.clone())
    }

    fn instance_on(&self, stores: Arc<dyn Stores>) -> RateLimits {
        RateLimits::new(
            RateLimitOptions::default(),
            stores,
            &self.protection,
            self.clock.clone(),
        )
    }

    fn set(&self, state: State) {
        *self.stores.limits.state.lock().unwrap() = state;
    }

    fn bookings(&self) -> usize {
        self.stores.limits.bookings.load(Relaxed)
    }
}

async fn log_in(limits: &RateLimits, account: &str, client: Option<&str>) -> Result<(), LimitExceeded> {
    let client: Option<IpAddr> = client.map(|client| client.parse().unwrap());
    let request = LimitedRequest {
        action: LimitedAction::Login,
        account: Some(LimitedAccount::Typed(account)),
        client,
    };
    limits.check(request).await
}

/// How many of a hundred logins pass.
async fn passing(limits: &RateLimits, account: impl Fn(usize) -> String, client: impl Fn(usize) -> String) -> usize {
    let mut passed = 0;
    for number in 0..300 {
        passed += usize::from(log_in(limits, &account(number), Some(&client(number))).await.is_ok());
    }
    passed
}

#[tokio::test]
async fn logins_are_limited_by_account_and_by_client() {
    let world = World::new();
    let limits = world.instance_on(Arc::new(MemoryStore::new()));
    let ada = |number: usize| ["ada@example.test", "ADA@example.TEST"][number % 2].to_owned();
    let anybody = |number: usize| format!("user{number}@example.test");
    let anywhere = |number: usize| format!("198.51.{}.{}", number / 250, number % 250);
    assert_eq!(passing(&limits, ada, anywhere).await, 40);
    let one_network = |number: usize| format!("2001:db8::{number:x}");
    assert_eq!(passing(&limits, anybody, one_network).await, 240);
    world.clock.advance(time::Duration::minutes(1));
    assert_eq!(passing(&limits, ada, anywhere).await, 10);
}

#[tokio::test]
async fn who_is_over_the_limit_takes_nothing_away_from_accounts() {
    let world = World::new();
    let limits = world.instance_on(Arc::new(MemoryStore::new()));
    assert_eq!(
        passing(&limits, |number| format!("user{number}"), |_| "192.0.2.1".to_owned()).await,
        240
    );
    for _ in 0..100 {
        let refused = log_in(&limits, "ada", Some("192.0.2.1")).await.unwrap_err();
        assert_eq!(refused.scope, LimitScope::Client);
    }
    assert!(log_in(&limits, "ada", Some("192.0.2.2")).await.is_ok());
}

#[tokio::test]
async fn without_an_address_accounts_are_limited_all_the_same() {
    let world = World::new();
    let limits = world.instance_on(Arc::new(MemoryStore::new()));
    for _ in 0..40 {
        assert!(log_in(&limits, "ada", None).await.is_ok());
    }
    let refused = log_in(&limits, "ada", None).await.unwrap_err();
    assert_eq!(
        (refused.scope, refused.retry_after),
        (LimitScope::Account, Duration::from_secs(6))
    );
    assert_eq!(
        refused.to_string(),
        "too many requests of the kind login by one account"
    );
}

#[tokio::test]
async fn instances_count_together_and_who_is_over_is_not_looked_up_again() {
    let world = World::new();
    let instances = [world.instance(), world.instance()];
    let mut passed = 0;
    for number in 0..200 {
        passed += usize::from(log_in(&instances[number % 2], "ada", None).await.is_ok());
    }
    assert_eq!(passed, 40);
    // Each instance asks once for what it does not know.
    assert!(world.bookings() <= 42, "{}", world.bookings());
}

/// Waits hardly at all for a store that does not answer.
fn impatient(world: &World, pause: Duration) -> RateLimits {
    let patience = Patience {
        answer: Duration::from_millis(1),
        pause,
    };
    let (options, stores) = (RateLimitOptions::default(), world.stores.clone());
    RateLimits::with_patience(options, stores, &world.protection, world.clock.clone(), patience)
}

#[tokio::test]
async fn while_the_store_is_away_each_instance_counts_by_itself_and_asks_once() {
    for state in [State::Fails, State::Hangs] {
        let world = World::new();
        let limits = impatient(&world, Duration::from_secs(3_600));
        for _ in 0..5 {
            log_in(&limits, "ada", None).await.unwrap();
        }
        world.set(state);
        let mut passed = 5;
        for _ in 0..100 {
            passed += usize::from(log_in(&limits, "ada", None).await.is_ok());
        }
        // What was counted before counts.
        assert_eq!(passed, 40, "{state:?}");
        assert_eq!(world.bookings(), 6, "{state:?}");
    }
}

#[tokio::test]
async fn a_store_that_answers_again_is_asked_again() {
    let world = World::new();
    let limits = impatient(&world, Duration::ZERO);
    for state in [State::Fails, State::Answers, State::Hangs, State::Answers] {
        world.set(state);
        log_in(&limits, "ada", None).await.unwrap();
    }
    assert_eq!(world.bookings(), 4);
}

#[tokio::test]
async fn past_rows_are_removed_now_and_then() {
    let world = World::new();
    let limits = world.instance();
    for minute in 0..3 {
        for _ in 0..5 {
            log_in(&limits, &format!("user{minute}"), None).await.unwrap();
        }
        while world.stores.limits.removals.load(Relaxed) < 2 * (minute + 1) {
            tokio::task::yield_now().await;
        }
        world.clock.advance(time::Duration::seconds(61));
    }
    assert_eq!(world.stores.limits.removals.load(Relaxed), 6);
}

#[tokio::test]
async fn limits_can_be_switched_off_one_by_one() {
    let world = World::new();
    let stores: Arc<dyn Stores> = Arc::new(MemoryStore::new());
    let mut options = RateLimitOptions::default();
    options.login.per_account = 0;
    let limits = |options: &RateLimitOptions| {
        RateLimits::new(options.clone(), stores.clone(), &world.protection, world.clock.clone())
    };
    let ada = |_| "ada".to_owned();
    let one_client = |_| "192.0.2.1".to_owned();
    assert_eq!(passing(&limits(&options), ada, one_client).await, 240);
    options.enabled = false;
    assert_eq!(passing(&limits(&options), ada, one_client).await, 300);
}
