//! The store in which several instances count together: whether it is there, and that it does not grow.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{OwnedMutexGuard, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};
use wicketgate_protection::Clock;

use super::{LimitKey, Quota};
use crate::request::ToItsEnd;
use crate::store::{Booked, StoreError, Stores};

/// How often past rows are removed, in microseconds.
const BETWEEN_REMOVALS: i64 = 60_000_000;
/// How many rows are looked at in one step.
const PAGE: usize = 1_000;
/// Keys whose hashes have the same remainder take turns, too, which costs them little.
const QUEUES: usize = 1_024;
/// How many bookings may be on their way at once to stores that do not say how many connections they have.
const MOST_BOOKINGS: usize = 64;

/// How long requests wait for a store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For an answer. Without one, the request is counted in this process.
    pub(super) answer: Duration,
    /// Until a store that has failed is asked again, so that not every request waits for it.
    pub(super) pause: Duration,
}

impl Patience {
    pub(super) const DEFAULT: Self = Self {
        answer: Duration::from_secs(1),
        pause: Duration::from_secs(5),
    };
}

/// A [`LimitStore`](crate::store::LimitStore) that instances share, if there is one.
pub(super) struct SharedLimits {
    stores: Arc<dyn Stores>,
    clock: Arc<dyn Clock>,
    patience: Patience,
    /// Since the store has failed.
    away: Mutex<Option<Away>>,
    /// Who is booking.
    queues: Box<[Arc<tokio::sync::Mutex<()>>]>,
    /// Has a permit for every booking that may yet be on its way to the store.
    places: Arc<Semaphore>,
    next_removal: AtomicI64,
    /// Where the last removal ended. Held by who removes.
    removed_after: tokio::sync::Mutex<Option<LimitKey>>,
}

struct Away {
    /// When it failed last.
    since: Instant,
    /// Until then nobody asks.
    until: Instant,
}

/// Nobody else of this instance books with the same key in the meantime.
pub(super) struct Turn {
    _queue: OwnedMutexGuard<()>,
}

impl SharedLimits {
    pub(super) fn new(stores: Arc<dyn Stores>, clock: Arc<dyn Clock>, patience: Patience) -> Self {
        Self {
            places: Arc::new(Semaphore::new(most_bookings(&*stores))),
            stores,
            clock,
            patience,
            away: Mutex::default(),
            queues: (0..QUEUES).map(|_| Arc::default()).collect(),
            next_removal: AtomicI64::new(0),
            removed_after: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until others have booked with this key. In the database they would wait for each other's row, each with a connection.
    /// `None` if that takes too long, or if there is no store, or none that is to be asked.
    pub(super) async fn turn(&self, key: LimitKey) -> Option<Turn> {
        self.stores.rate_limits()?;
        // Whoever asked in vain may have the turn for as long as the statement takes.
        if self.is_left_alone(Instant::now()) {
            return None;
        }
        let queue = &self.queues[key.as_u128() as usize % QUEUES];
        let turn = timeout(self.patience.answer, Arc::clone(queue).lock_owned()).await;
        turn.ok().map(|queue| Turn { _queue: queue })
    }

    /// What comes of a booking in the store; `None` if it is to be left alone, or fails.
    pub(super) async fn book(
        self: &Arc<Self>,
        turn: Turn,
        key: LimitKey,
        quota: Quota,
        now: OffsetDateTime,
    ) -> Option<Booked> {
        let asked = Instant::now();
        if !self.is_to_be_asked(asked) {
            return None;
        }
        let (stores, places) = (Arc::clone(&self.stores), Arc::clone(&self.places));
        // Who no longer waits for a place has booked nothing; who has one leaves no statement in the middle of its answer.
        let last = asked + self.patience.answer;
        let Ok(place) = timeout_at(last, places.acquire_owned()).await else {
            return None;
        };
        let booking = async {
            let booking = async move {
                let booked = match stores.rate_limits() {
                    Some(store) => store.book(key, quota, now).await,
                    None => Err(StoreError::Unavailable("there is no store".into())),
                };
                drop((turn, place));
                booked
            };
            ToItsEnd::new(Box::pin(booking)).await
        };
        match timeout_at(last, booking).await {
            Ok(Ok(booked)) => {
                self.found_again(asked);
                return Some(booked);
            }
            Ok(Err(error)) => self.leave_alone(&error),
            Err(elapsed) => self.leave_alone(&elapsed),
        }
        None
    }

    fn is_left_alone(&self, now: Instant) -> bool {
        lock(&self.away).as_ref().is_some_and(|away| now < away.until)
    }

    /// After a failure one asks, and the others wait until that one knows.
    pub(super) fn is_to_be_asked(&self, now: Instant) -> bool {
        match &mut *lock(&self.away) {
            None => true,
            Some(away) if now < away.until => false,
            Some(away) => {
                away.until = now + self.patience.pause;
                true
            }
        }
    }

    /// It did not answer as it should have.
    pub(super) fn leave_alone(&self, reason: &dyn fmt::Display) {
        let now = Instant::now();
        let away = Away {
            since: now,
            until: now + self.patience.pause,
        };
        if lock(&self.away).replace(away).is_none() {
            tracing::warn!(%reason, "rate limits are counted by this instance alone until the database answers again");
        }
    }

    /// It answered what was asked then; it may have failed since.
    fn found_again(&self, asked: Instant) {
        let mut away = lock(&self.away);
        if away.take_if(|away| away.since <= asked).is_some() {
            tracing::info!("rate limits are counted in the database again");
        }
    }

    /// Now and then removes the rows that count as nothing, in a task of its own. No quota has a longer window than this one.
    pub(super) fn remove_past(self: &Arc<Self>, longest: Quota, now: i64) {
        let next = self.next_removal.load(Relaxed);
        // A clock that was set back must not end this.
        let is_due = now >= next || now < next.saturating_sub(2 * BETWEEN_REMOVALS);
        let later = now.saturating_add(BETWEEN_REMOVALS);
        let is_ours = |next| {
            self.next_removal
                .compare_exchange(next, later, Relaxed, Relaxed)
                .is_ok()
        };
        if is_due && is_ours(next) {
            let shared = Arc::clone(self);
            tokio::spawn(async move { shared.remove_pages(longest).await });
        }
    }

    /// To the end, however many rows there are, and from where the last time failed. One does it at a time.
    async fn remove_pages(&self, longest: Quota) {
        let (Ok(mut after), Some(store)) = (self.removed_after.try_lock(), self.stores.rate_limits()) else {
            return;
        };
        loop {
            match store.remove_past(longest, self.clock.now(), *after, PAGE).await {
                Ok(last) => *after = last,
                Err(error) => {
                    tracing::debug!(%error, "past rows of rate limits were not removed");
                    return;
                }
            }
            if after.is_none() {
                return;
            }
        }
    }
}

/// How many bookings may be on their way at once: half of those who may write. While somebody has locked what they write, the others
/// can go on.
fn most_bookings(stores: &dyn Stores) -> usize {
    stores
        .connections()
        .map_or(MOST_BOOKINGS, |connections| (connections.most * 2 / 5).max(1))
}

/// What is in there is never half-written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
