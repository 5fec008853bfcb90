//! Whether a request is one too many.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::Semaphore;
use wicketgate_protection::{Clock, DataProtection};

use super::limit_key::LimitKeys;
use super::shared_limits::{Patience, SharedLimits};
use super::{LimitKey, LimitScope, LimitTable, LimitedAction, Quota};
use crate::account::UserId;
use crate::event::{Event, EventKind, microseconds};
use crate::observer::{self, Observation};
use crate::options::RateLimitOptions;
use crate::store::{Booked, Stores};
use crate::text::normalize;

/// How many events may be on their way to the store. Others are in the log alone.
const MOST_EVENTS: usize = 16;
/// How many events that name no account are kept in a minute. Who sends requests chooses how many there are: others are in the log
/// alone.
const STRANGERS_A_MINUTE: u32 = 60;

/// The rate limits of an application. Cheap to clone.
#[derive(Clone)]
pub struct RateLimits {
    inner: Arc<Inner>,
}

struct Inner {
    options: RateLimitOptions,
    stores: Arc<dyn Stores>,
    keys: LimitKeys,
    /// What is booked here. Of what is booked in a shared store it is a part: who is over a limit by this alone, or was
    /// refused there, need not be looked up.
    table: LimitTable,
    shared: Arc<SharedLimits>,
    clock: Arc<dyn Clock>,
    events: Arc<Semaphore>,
    /// What is booked under the quota of events that name no account.
    strangers: Mutex<Option<i64>>,
}

/// With what a request is counted.
struct Counted {
    key: LimitKey,
    quota: Quota,
    scope: LimitScope,
}

/// What a request is about, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct LimitedRequest<'a> {
    /// What it asks for.
    pub action: LimitedAction,
    /// The account that it is about, if it names one.
    pub account: Option<LimitedAccount<'a>>,
    /// Where it comes from, if that is known.
    pub client: Option<IpAddr>,
}

/// How a request names its account.
#[derive(Debug, Clone, Copy)]
pub enum LimitedAccount<'a> {
    /// By a user name, an address or an id, as somebody typed it.
    Typed(&'a str),
    /// By an id that a ticket has.
    Known(&'a UserId),
}

/// There were too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests of the kind {} by one {}", action.name(), scope.name())]
pub struct LimitExceeded {
    /// What for.
    pub action: LimitedAction,
    /// Whose.
    pub scope: LimitScope,
    /// How many would not have been.
    pub quota: Quota,
    /// How long until the next one may pass.
    pub retry_after: Duration,
}

impl RateLimits {
    pub(crate) fn new(
        options: RateLimitOptions,
        stores: Arc<dyn Stores>,
        data_protection: &DataProtection,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::with_patience(options, stores, data_protection, clock, Patience::DEFAULT)
    }

    pub(super) fn with_patience(
        options: RateLimitOptions,
        stores: Arc<dyn Stores>,
        data_protection: &DataProtection,
        clock: Arc<dyn Clock>,
        patience: Patience,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                options,
                keys: LimitKeys::new(data_protection),
                table: LimitTable::new(),
                shared: Arc::new(SharedLimits::new(Arc::clone(&stores), Arc::clone(&clock), patience)),
                clock,
                stores,
                events: Arc::new(Semaphore::new(MOST_EVENTS)),
                strangers: Mutex::default(),
            }),
        }
    }

    /// Counts a request, first with its client and then with its account: who sends too many requests takes none away from
    /// the account's owner.
    ///
    /// Nothing fails because of a limit: while the store or the keys are away, this process counts by itself, or not at all.
    ///
    /// # Errors
    /// It is one too many. Of a key that is over its limit there is one event in the time of a window.
    pub async fn check(&self, request: LimitedRequest<'_>) -> Result<(), LimitExceeded> {
        let counted = [self.of_client(request).await, self.of_account(request).await];
        let now = self.inner.clock.now();
        // Before anything is booked: who is known to be over one limit is not counted for the other.
        for counted in counted.iter().flatten() {
            let checked = self.inner.table.check(counted.key, counted.quota, microseconds(now));
            self.refuse_unless(checked, counted, request, now)?;
        }
        for counted in counted.iter().flatten() {
            let booked = self.book(counted.key, counted.quota, now).await;
            self.refuse_unless(booked, counted, request, now)?;
        }
        Ok(())
    }

    async fn of_client(&self, LimitedRequest { action, client, .. }: LimitedRequest<'_>) -> Option<Counted> {
        let scope = LimitScope::Client;
        let quota = self.inner.options.quota(action, scope)?;
        let key = self.inner.keys.of_client(action, client?).await.ok()?;
        Some(Counted { key, quota, scope })
    }

    async fn of_account(&self, LimitedRequest { action, account, .. }: LimitedRequest<'_>) -> Option<Counted> {
        let scope = LimitScope::Account;
        let quota = self.inner.options.quota(action, scope)?;
        let key = self.inner.keys.of_account(action, &account?.counted_as()).await.ok()?;
        Some(Counted { key, quota, scope })
    }

    fn refuse_unless(
        &self,
        passed: Result<(), Duration>,
        counted: &Counted,
        request: LimitedRequest<'_>,
        now: OffsetDateTime,
    ) -> Result<(), LimitExceeded> {
        let Err(retry_after) = passed else { return Ok(()) };
        let Counted { key, quota, scope } = *counted;
        if self.inner.table.is_to_be_told(key, microseconds(now), quota.window()) {
            self.tell(request, scope);
        }
        let exceeded = LimitExceeded {
            action: request.action,
            scope,
            quota,
            retry_after,
        };
        observer::tell(&Observation::RateLimited(&exceeded));
        Err(exceeded)
    }

    async fn book(&self, key: LimitKey, quota: Quota, at: OffsetDateTime) -> Result<(), Duration> {
        let Inner {
            table, shared, options, ..
        } = &*self.inner;
        let now = microseconds(at);
        let Some(turn) = shared.turn(key).await else {
            return table.book(key, quota, now).map(drop);
        };
        // Those before may have found that there is no more room.
        table.check(key, quota, now)?;
        if let Some(longest) = options.longest_quota() {
            shared.remove_past(longest, now);
        }
        match shared.book(turn, key, quota, at).await {
            Some(Booked::Admitted) => {
                // As far as this process knows.
                let _ = table.book(key, quota, now);
                Ok(())
            }
            Some(Booked::Refused { booked_until }) => {
                table.put(key, quota, now, booked_until);
                table.check(key, quota, now)
            }
            None => table.book(key, quota, now).map(drop),
        }
    }

    /// Says that somebody is over a limit.
    fn tell(&self, request: LimitedRequest<'_>, scope: LimitScope) {
        let kind = EventKind::RateLimitReached {
            action: request.action,
            scope,
        };
        let (user, typed) = match (scope, request.account) {
            (LimitScope::Account, Some(LimitedAccount::Known(user))) => (Some(user.clone()), None),
            (LimitScope::Account, Some(LimitedAccount::Typed(name))) => (None, Some(name)),
            _ => (None, None),
        };
        let event = Event::new(kind, user, self.inner.clock.now());
        let event = match typed {
            Some(name) => event.with_typed_name(name),
            None => event,
        };
        event.log();
        if self.inner.stores.events().is_none() {
            return;
        }
        // No answer waits for it.
        let Ok(place) = Arc::clone(&self.inner.events).try_acquire_owned() else {
            return;
        };
        // After the place: what finds none takes nothing from the others.
        if !self.is_to_be_kept(&event) {
            return;
        }
        let stores = Arc::clone(&self.inner.stores);
        tokio::spawn(async move {
            if let Some(events) = stores.events()
                && let Err(error) = events.add(&event).await
            {
                tracing::warn!(%error, "the event of a rate limit is in the log alone");
            }
            drop(place);
        });
    }

    fn is_to_be_kept(&self, event: &Event) -> bool {
        if event.user.is_some() {
            return true;
        }
        let Some(quota) = Quota::per_minute(STRANGERS_A_MINUTE, 1) else {
            return true;
        };
        let mut booked = self.inner.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let until = quota.book(*booked, microseconds(event.at)).ok();
        *booked = until.or(*booked);
        until.is_some()
    }
}

impl LimitedAccount<'_> {
    /// Whoever types an account's id takes none of its owner's requests away: a normalized text has no small letters.
    fn counted_as(&self) -> String {
        match self {
            Self::Typed(name) => normalize(name).as_str().to_owned(),
            Self::Known(user) => format!("known/{}", normalize(user.as_str()).as_str()),
        }
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits")
            .field("options", &self.inner.options)
            .finish_non_exhaustive()
    }
}
