//! What clients were told.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What clients were told, and what they never learned.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    stopped: bool,
    next: u64,
    waiting: HashMap<u64, Instant>,
    last_failure: Option<Instant>,
    totals: Totals,
    accounts: Vec<Account>,
}

/// The sums.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    pub(super) requests: u64,
    /// Registrations and password changes that were answered with success.
    pub(super) acknowledged: u64,
    /// No answer, or one from 500 on.
    pub(super) failures: u64,
    /// What went wrong without any failure, such as a right password that was refused.
    pub(super) wrong_answers: Vec<String>,
}

/// An account whose registration was acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) password: String,
    /// A change to this one was asked for, and no answer came.
    pub(super) perhaps: Option<String>,
}

impl Ledger {
    /// Notes that a request is under way; the number is for [`end`](Self::end).
    pub(super) fn begin(&self) -> u64 {
        let mut entries = self.entries();
        entries.totals.requests += 1;
        entries.next += 1;
        let request = entries.next;
        entries.waiting.insert(request, Instant::now());
        request
    }

    pub(super) fn end(&self, request: u64, failed: bool) {
        let mut entries = self.entries();
        entries.waiting.remove(&request);
        if failed {
            entries.totals.failures += 1;
            entries.last_failure = Some(Instant::now());
        }
    }

    pub(super) fn acknowledge(&self) {
        self.entries().totals.acknowledged += 1;
    }

    pub(super) fn wrong_answer(&self, what: String) {
        self.entries().totals.wrong_answers.push(what);
    }

    pub(super) fn keep(&self, account: Account) {
        self.entries().accounts.push(account);
    }

    pub(super) fn accounts(&self) -> Vec<Account> {
        self.entries().accounts.clone()
    }

    pub(super) fn totals(&self) -> Totals {
        self.entries().totals.clone()
    }

    /// Has clients finish.
    pub(super) fn stop(&self) {
        self.entries().stopped = true;
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.entries().stopped
    }

    pub(super) fn last_failure_since(&self, begin: Instant) -> Option<Instant> {
        self.entries().last_failure.filter(|&last| last >= begin)
    }

    /// Whether a request has been without an answer for so long.
    pub(super) fn somebody_waits(&self, time: Duration) -> bool {
        self.entries().waiting.values().any(|begin| begin.elapsed() >= time)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
