//! A store whose events are looked at.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::event::{EventFilter, EventHead, EventProtection, FailureReason, StoredEvent};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::store::{Attempt, AttemptOutcome};
use wicketgate_identity::{Event, EventKind, EventLog, StoreError, User, UserId};
use wicketgate_protection::{DataProtection, ManualClock, SystemRandom};

use crate::Store;
use crate::fixture::{NOW, created, stamp, user};

/// A store that keeps events, under a clock that stands still.
pub(super) struct Kept {
    pub(super) store: Store,
    pub(super) clock: Arc<ManualClock>,
}

impl Kept {
    /// `None` for a store that keeps none.
    pub(super) fn of(store: Store) -> Option<Self> {
        let clock = Arc::new(ManualClock::at(NOW));
        let keys = DataProtection::ephemeral(clock.clone(), Arc::new(SystemRandom));
        let protection = EventProtection::new(&keys, clock.clone(), Arc::new(SystemRandom));
        store.write_events_with(protection);
        store.events().is_some().then_some(Self { store, clock })
    }

    pub(super) fn log(&self) -> Result<&dyn EventLog, StoreError> {
        self.store.events().ok_or(StoreError::Failed("no events".into()))
    }

    pub(super) async fn create(&self, name: &str, at: OffsetDateTime) -> Result<User, StoreError> {
        let user = user(name);
        let event = Event::new(EventKind::Registered, Some(user.id.clone()), at);
        let accounts = self.store.accounts();
        let outcome = accounts
            .create(&user, EmailUniqueness::NotRequired, None, &event)
            .await?;
        created(user, outcome)
    }

    pub(super) async fn change(
        &self,
        user: &User,
        expected: Expected<'_>,
        change: Change,
        at: i64,
    ) -> Result<(), StoreError> {
        let at = NOW + Duration::seconds(at);
        let event = Event::new(EventKind::from(&change), Some(user.id.clone()), at);
        let accounts = self.store.accounts();
        accounts.change(&user.id, expected, &change, &event).await.map(drop)
    }

    pub(super) async fn settle(
        &self,
        id: &UserId,
        attempt: Attempt<'_>,
        event: &Event,
    ) -> Result<AttemptOutcome, StoreError> {
        let options = LockoutOptions {
            max_failed_access_attempts: 2,
            ..LockoutOptions::default()
        };
        let first = stamp("first");
        let accounts = self.store.accounts();
        accounts
            .settle_attempt(id, Some(&first), attempt, event.at, &options, event)
            .await
    }

    /// Oldest first.
    pub(super) async fn events(&self, filter: EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        let filter = EventFilter {
            limit: EventFilter::MAX_LIMIT,
            ..filter
        };
        let mut events = self.log()?.list(&filter).await?;
        events.reverse();
        Ok(events)
    }

    /// Kinds and details, oldest first.
    pub(super) async fn told(&self) -> Result<Vec<(String, String)>, StoreError> {
        let events = self.events(EventFilter::default()).await?;
        Ok(events.into_iter().map(|event| (event.kind, event.detail)).collect())
    }

    pub(super) async fn seal_all(&self) -> Result<u64, StoreError> {
        let mut sealed = 0;
        loop {
            match self.log()?.seal().await? {
                0 => return Ok(sealed),
                more => sealed += more,
            }
        }
    }

    pub(super) async fn assert_intact(&self, expected: Option<&EventHead>) -> Result<Option<EventHead>, StoreError> {
        let report = self.log()?.verify(expected).await?;
        assert!(report.is_intact(), "{report:#?}");
        Ok(report.head)
    }
}

pub(super) fn signed_in(user: &User, at: OffsetDateTime) -> Event {
    let kind = EventKind::SignedIn(AuthenticationMethod::Password);
    Event::new(kind, Some(user.id.clone()), at)
}

pub(super) fn failed(user: Option<&User>, reason: FailureReason, at: OffsetDateTime) -> Event {
    Event::new(EventKind::sign_in_failed(reason), user.map(|user| user.id.clone()), at)
}

pub(super) fn pair(kind: &str, detail: &str) -> (String, String) {
    (kind.to_owned(), detail.to_owned())
}
