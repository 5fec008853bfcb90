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
    deeds: Vec<Deed>,
}

/// The sums.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    pub(super) requests: u64,
    /// Registrations, changes and sign-ins with recovery codes that were answered with success.
    pub(super) acknowledged: u64,
    /// No answer, or one from 500 on.
    pub(super) failures: u64,
    /// Sessions whose refresh tokens were used until the session had to end.
    pub(super) families: u64,
    /// What went wrong without any failure, such as a right password that was refused.
    pub(super) wrong_answers: Vec<String>,
}

/// An account that was registered, or may be.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) password: String,
    /// Whoever asked for the name, where nobody was told who got it.
    pub(super) unanswered_registrations: Vec<RequestId>,
    /// A change that was asked for, and no answer came.
    pub(super) perhaps: Option<Perhaps>,
    /// What is left of the recovery codes, if there is a second factor.
    pub(super) recovery_codes: Option<RecoveryCodes>,
}

/// A change of which nobody knows whether it was made.
#[derive(Debug, Clone)]
pub(super) enum Perhaps {
    Password { new: String, request: RequestId },
    SecondFactor { request: RequestId },
}

#[derive(Debug, Clone, Default)]
pub(super) struct RecoveryCodes {
    pub(super) unused: Vec<String>,
    /// Those that were sent, and no answer came.
    pub(super) perhaps_used: Vec<(String, RequestId)>,
}

/// The value of `X-Request-Id`, which the server's events repeat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RequestId(pub(super) String);

/// What must have become of requests by the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deed {
    pub(super) what: What,
    /// Of these as many did it as `times` says. Several asked for the same at once, where it can be done once only.
    pub(super) requests: Vec<RequestId>,
    pub(super) times: usize,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Register,
    ChangePassword,
    EnableSecondFactor,
    SignIn,
    SignInWithRecoveryCode,
}

impl RequestId {
    const PREFIX: &str = "chaos-";

    pub(super) fn new(number: u64) -> Self {
        Self(format!("{}{number}", Self::PREFIX))
    }

    pub(super) fn is_of_a_client(request: &str) -> bool {
        request.starts_with(Self::PREFIX)
    }
}

impl Deed {
    pub(super) fn done(what: What, request: RequestId) -> Self {
        Self::of_one(what, request, true)
    }

    pub(super) fn of_one(what: What, request: RequestId, is_done: bool) -> Self {
        Self {
            what,
            requests: vec![request],
            times: usize::from(is_done),
        }
    }
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

    /// Notes a change, or a sign-in with a recovery code, that a client was told of.
    pub(super) fn acknowledge(&self, deed: Deed) {
        self.entries().totals.acknowledged += 1;
        self.note(deed);
    }

    /// Notes what became of requests that changed nothing, or that nobody was told of.
    pub(super) fn note(&self, deed: Deed) {
        self.entries().deeds.push(deed);
    }

    pub(super) fn note_family(&self) {
        self.entries().totals.families += 1;
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

    pub(super) fn deeds(&self) -> Vec<Deed> {
        self.entries().deeds.clone()
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
