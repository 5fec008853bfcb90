//! The store in which several instances count together: whether it is there, and that it does not grow.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use wicketgate_protection::Clock;

use super::LimitKey;
use crate::store::{LimitStore, Stores};

/// How often past rows are removed, in microseconds.
const BETWEEN_REMOVALS: i64 = 60_000_000;
/// How many rows are looked at each time: more than there can be new ones.
const PAGES: usize = 100;
const PAGE: usize = 1_000;

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

/// A [`LimitStore`] that other instances use, too, if there is one.
pub(super) struct SharedLimits {
    stores: Arc<dyn Stores>,
    clock: Arc<dyn Clock>,
    pub(super) patience: Patience,
    /// Until when the store is left alone, since it failed.
    away_until: Mutex<Option<Instant>>,
    next_removal: AtomicI64,
    removed_after: Mutex<Option<LimitKey>>,
}

impl SharedLimits {
    pub(super) fn new(stores: Arc<dyn Stores>, clock: Arc<dyn Clock>, patience: Patience) -> Self {
        Self {
            stores,
            clock,
            patience,
            away_until: Mutex::default(),
            next_removal: AtomicI64::new(0),
            removed_after: Mutex::default(),
        }
    }

    /// The store, unless it is to be left alone.
    pub(super) fn store(&self) -> Option<&dyn LimitStore> {
        let store = self.stores.rate_limits().filter(|store| store.is_shared())?;
        match *lock(&self.away_until) {
            Some(until) if Instant::now() < until => None,
            _ => Some(store),
        }
    }

    /// It did not answer as it should have.
    pub(super) fn leave_alone(&self, reason: &dyn fmt::Display) {
        if lock(&self.away_until)
            .replace(Instant::now() + self.patience.pause)
            .is_none()
        {
            tracing::warn!(%reason, "rate limits are counted by this instance alone until the database answers again");
        }
    }

    /// It answered.
    pub(super) fn found_again(&self) {
        if lock(&self.away_until).take().is_some() {
            tracing::info!("rate limits are counted in the database again");
        }
    }

    /// Now and then removes rows whose time is past, in a task of its own.
    pub(super) fn remove_past(self: &Arc<Self>, now: i64) {
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
            tokio::spawn(async move { shared.remove_pages().await });
        }
    }

    /// Where the last time ended, and from the beginning after the end.
    async fn remove_pages(&self) {
        for _ in 0..PAGES {
            let Some(store) = self.store() else { return };
            let after = *lock(&self.removed_after);
            match store.remove_past(self.clock.now(), after, PAGE).await {
                Ok(last) => *lock(&self.removed_after) = last,
                Err(error) => {
                    tracing::debug!(%error, "past rows of rate limits were not removed");
                    return;
                }
            }
            if lock(&self.removed_after).is_none() {
                return;
            }
        }
    }
}

/// What is in there is never half-written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
