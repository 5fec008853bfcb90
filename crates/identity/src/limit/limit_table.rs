//! What this instance remembers of those who send requests: a table of fixed size.

use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::{LimitKey, Quota};

/// How many places a key may have.
const WAYS: usize = 8;
/// 65,536 places and 2 MiB, which are taken from the system as they are written to.
const SETS: usize = 8_192;

/// Until when time is booked for each key ([`Quota::book`]).
///
/// A key has eight places. Where others have them all, it takes the place of the one with the least booked. So whoever sends
/// requests under many keys, to have those forgotten that are nearly over a limit, has to bring as many as far first.
pub(super) struct LimitTable {
    /// Made when something is counted for the first time.
    places: OnceLock<Mutex<Places>>,
    sets: usize,
}

struct Places {
    keys: Vec<u128>,
    /// Zero where there is no key.
    booked_until: Vec<i64>,
    /// Until when nothing more is told about the key.
    told_until: Vec<i64>,
}

impl LimitTable {
    pub(super) fn new() -> Self {
        Self::with_sets(SETS)
    }

    /// With a power of two of sets.
    pub(super) fn with_sets(sets: usize) -> Self {
        Self {
            places: OnceLock::new(),
            sets,
        }
    }

    /// Books a request, as [`Quota::book`] does.
    pub(super) fn book(&self, key: LimitKey, quota: Quota, now: i64) -> Result<i64, Duration> {
        let mut places = self.places();
        let place = places.find(key, self.sets);
        let booked = place.map(|place| places.booked_until[place]);
        let until = quota.book(booked, now)?;
        places.put(key, self.sets, until, quota.booking(now).horizon);
        Ok(until)
    }

    /// Whether a request would be refused, and for how long.
    pub(super) fn check(&self, key: LimitKey, quota: Quota, now: i64) -> Result<(), Duration> {
        let places = self.places();
        let place = places.find(key, self.sets);
        quota.book(place.map(|place| places.booked_until[place]), now).map(drop)
    }

    /// Takes over what a store has booked, which can only be more.
    pub(super) fn put(&self, key: LimitKey, quota: Quota, now: i64, booked_until: i64) {
        let horizon = quota.booking(now).horizon;
        self.places().put(key, self.sets, booked_until, horizon);
    }

    /// Whether nothing has been told about the key for so long. It is told now.
    pub(super) fn is_to_be_told(&self, key: LimitKey, now: i64, window: Duration) -> bool {
        let mut places = self.places();
        let Some(place) = places.find(key, self.sets) else {
            return false;
        };
        let until = now.saturating_add(i64::try_from(window.as_micros()).unwrap_or(i64::MAX));
        // What is further away was written by a clock that was wrong.
        if (now..=until).contains(&places.told_until[place]) {
            return false;
        }
        places.told_until[place] = until;
        true
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        let places = self.places.get_or_init(|| {
            let length = self.sets * WAYS;
            Mutex::new(Places {
                keys: vec![0; length],
                booked_until: vec![0; length],
                told_until: vec![0; length],
            })
        });
        // No method leaves a place half-written.
        places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn find(&self, key: LimitKey, sets: usize) -> Option<usize> {
        let mut places = places_of(key, sets);
        places.find(|&place| self.keys[place] == key.as_u128() && self.booked_until[place] != 0)
    }

    /// What is booked beyond the horizon was booked by a clock that was wrong, and counts as nothing.
    fn put(&mut self, key: LimitKey, sets: usize, booked_until: i64, horizon: i64) {
        if let Some(place) = self.find(key, sets) {
            self.booked_until[place] = booked_until;
            return;
        }
        let booked = |place: usize| Some(self.booked_until[place]).filter(|until| *until <= horizon);
        let least = places_of(key, sets).min_by_key(|&place| booked(place));
        if let Some(place) = least {
            self.keys[place] = key.as_u128();
            self.booked_until[place] = booked_until;
            self.told_until[place] = 0;
        }
    }
}

/// Keys are hashes, so that their last bits are as good as any.
fn places_of(key: LimitKey, sets: usize) -> std::ops::Range<usize> {
    let set = key.as_u128() as usize & (sets - 1);
    set * WAYS..(set + 1) * WAYS
}

impl fmt::Debug for LimitTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitTable").finish_non_exhaustive()
    }
}
