//! Accounts whose owners asked for it are deleted.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use wicketgate_identity::account::{Closing, Deletion, DueDeletion, SecurityStamp};
use wicketgate_identity::store::{ChangeOutcome, DeletionOutcome, DeletionStore};
use wicketgate_identity::{AccountStore, IntoStores, Options};
use wicketgate_protection::{DataProtection, SystemRandom};

use super::*;

fn accounts_in(stores: &Arc<dyn Stores>, clock: &Arc<ManualClock>) -> Accounts {
    let random = Arc::new(SystemRandom);
    let protection = DataProtection::ephemeral(clock.clone(), random.clone());
    Accounts::new(stores.clone(), &protection, Options::default(), clock.clone(), random)
}

#[tokio::test]
async fn accounts_are_deleted_when_their_time_of_grace_is_over() {
    let clock = Arc::new(ManualClock::at(NOW));
    let stores = MemoryStore::new().into_stores();
    let accounts = accounts_in(&stores, &clock);
    let mut users = Vec::new();
    for name in ["ada@example.test", "bob@example.test"] {
        users.push(accounts.register(name, "Passw0rd!").await.unwrap().unwrap());
    }
    accounts.request_deletion(&mut users[0]).await.unwrap().unwrap();
    let mut steps = steps_of(stores, clock.clone(), None).with_accounts(&accounts);
    let is_there = async |user: usize| accounts.find_by_id(&users[user].id).await.unwrap().is_some();
    clock.advance(Duration::days(30) - Duration::SECOND);
    assert!(steps.turn().await);
    assert!(is_there(0).await);
    clock.advance(Duration::SECOND);
    for _ in 0..SLOW_TURN {
        assert!(steps.turn().await);
    }
    assert!(!is_there(0).await);
    assert!(is_there(1).await);
}

/// Stores due deletions, of which some fail, because other tables refer to the account.
#[derive(Debug, Default)]
struct ReferredTo {
    accounts: MemoryStore,
    due: Mutex<Vec<DueDeletion>>,
    referred_to: HashSet<UserId>,
    tried: AtomicUsize,
}

impl ReferredTo {
    /// The first `referred_to` of `count` accounts cannot be deleted.
    fn new(count: usize, referred_to: usize) -> Self {
        let user = |number| UserId::from_stored(format!("{number:05}"));
        let due = |number| DueDeletion {
            user: user(number),
            due: NOW,
        };
        Self {
            due: Mutex::new((0..count).map(due).collect()),
            referred_to: (0..referred_to).map(user).collect(),
            ..Self::default()
        }
    }

    fn left(&self) -> usize {
        self.due.lock().unwrap().len()
    }
}

impl Stores for ReferredTo {
    fn accounts(&self) -> &dyn AccountStore {
        self.accounts.accounts()
    }

    fn deletions(&self) -> Option<&dyn DeletionStore> {
        Some(self)
    }
}

#[async_trait]
impl DeletionStore for ReferredTo {
    async fn request(
        &self,
        _: &UserId,
        _: Option<&SecurityStamp>,
        _: &Closing,
        _: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        unreachable!("upkeep requests nothing")
    }

    async fn cancel(&self, _: &UserId, _: &Event) -> Result<ChangeOutcome, StoreError> {
        unreachable!("upkeep cancels nothing")
    }

    async fn find(&self, _: &UserId) -> Result<Option<Deletion>, StoreError> {
        Ok(None)
    }

    async fn list_due(
        &self,
        _: OffsetDateTime,
        after: Option<&DueDeletion>,
        limit: usize,
    ) -> Result<Vec<DueDeletion>, StoreError> {
        let due = self.due.lock().unwrap();
        let behind = due.iter().filter(|due| after.is_none_or(|after| due.user > after.user));
        Ok(behind.take(limit).cloned().collect())
    }

    async fn delete(&self, id: &UserId, _: OffsetDateTime, _: &Event) -> Result<DeletionOutcome, StoreError> {
        self.tried.fetch_add(1, Relaxed);
        if self.referred_to.contains(id) {
            return Err(StoreError::Failed("FOREIGN KEY constraint failed".into()));
        }
        self.due.lock().unwrap().retain(|due| due.user != *id);
        Ok(DeletionOutcome::Deleted)
    }
}

/// More than a turn tries, so that the next one goes on behind them.
#[tokio::test]
async fn accounts_that_cannot_be_deleted_do_not_hold_up_the_others() {
    const TRIED_IN_A_TURN: usize = MOST_REPEATS * Accounts::DELETED_AT_A_TIME;
    for referred_to in [1, Accounts::DELETED_AT_A_TIME, TRIED_IN_A_TURN + 1] {
        let store = Arc::new(ReferredTo::new(referred_to + 60, referred_to));
        let stores: Arc<dyn Stores> = store.clone();
        let clock = Arc::new(ManualClock::at(NOW));
        let accounts = accounts_in(&stores, &clock);
        let mut steps = steps_of(stores, clock, None).with_accounts(&accounts);
        let mut tried = 0;
        for _ in 0..2 * SLOW_TURN {
            // What is not urgent fails without a longer pause.
            assert!(steps.turn().await);
            let now = store.tried.load(Relaxed);
            assert!(now - tried <= TRIED_IN_A_TURN);
            tried = now;
        }
        assert_eq!(store.left(), referred_to);
        // Those are tried again, and deleted once nothing refers to them.
        for _ in 0..2 * SLOW_TURN {
            steps.turn().await;
        }
        assert!(store.tried.load(Relaxed) > tried);
    }
}
