//! What happened to an account, as one type for every reader.

mod chain;
mod changes;
mod failure_reason;
mod key;
mod kind;
mod log_line;
mod names;
mod protection;
mod record;
mod report;
mod stored;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

pub use self::chain::{Checkpoint, Seal, Sealing};
pub use self::failure_reason::FailureReason;
pub use self::key::{EventKey, StoredEventKey};
pub use self::kind::EventKind;
pub use self::protection::EventProtection;
pub use self::record::{ErasedRows, EventRecord, PersonalParts, RecordState, first_id_at, microseconds, new_id};
pub use self::report::{EventHead, EventProblem, InvalidEventHead, VerifyReport};
pub use self::stored::{EventFilter, StoredEvent};
use crate::account::UserId;
use crate::request::RequestContext;
use crate::session::SessionsAfterChange;
use crate::store::{AttemptOutcome, RedeemOutcome};

/// How many events are sealed together at most.
pub const EVENTS_PER_SEAL: u64 = 1_000;

/// Something that happened to an account, or that was attempted in its name.
///
/// [`Accounts`](crate::Accounts) and [`SignIn`](crate::SignIn) create one for every result of a sign-in and every
/// change of an account, pass it to the [`AccountStore`](crate::AccountStore) together with the change, and log it. An
/// event never contains a secret: no password, code, key, token or hash.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The account; `None` for a sign-in to one that does not exist.
    pub user: Option<UserId>,
    /// When it happened.
    pub at: OffsetDateTime,
    /// The request that caused it, which says where it came from; `None` outside of requests, such as in a command.
    pub request: Option<Arc<RequestContext>>,
    /// The name of the account as it was typed, which may be a password by mistake: it is kept as a keyed hash, and shown
    /// nowhere.
    typed_name: Option<String>,
    /// What it does to the account's sessions.
    sessions: Option<SessionsAfterChange>,
}

impl Event {
    /// An event of the request that the current task serves.
    pub fn new(kind: EventKind, user: Option<UserId>, at: OffsetDateTime) -> Self {
        Self {
            kind,
            user,
            at,
            request: RequestContext::current(),
            typed_name: None,
            sessions: None,
        }
    }

    /// The event of an attempt for which this name was typed.
    #[must_use]
    pub fn with_typed_name(self, name: &str) -> Self {
        Self {
            typed_name: Some(name.to_owned()),
            ..self
        }
    }

    /// Where it came from, as it is kept: an address never goes into a store as a whole, whatever logs may have.
    pub fn client(&self) -> Option<String> {
        let client = self.request.as_deref()?.client?;
        Some(client.shortened().to_string())
    }

    /// The event of a change that does this to the account's sessions.
    #[must_use]
    pub fn with_sessions(self, sessions: Option<SessionsAfterChange>) -> Self {
        Self { sessions, ..self }
    }

    /// What the change does to the account's sessions, which a store that keeps sessions does in the same transaction.
    pub fn sessions(&self) -> Option<&SessionsAfterChange> {
        self.sessions.as_ref()
    }

    /// The event after a store has ended so many sessions, where `self` says why.
    #[must_use]
    pub fn ending_sessions(mut self, ended: u64) -> Self {
        if let EventKind::OtherSessionsEnded { count } = &mut self.kind {
            *count = ended;
        }
        self
    }

    pub(crate) fn typed_name(&self) -> Option<&str> {
        self.typed_name.as_deref()
    }

    /// The event after a store has settled an attempt, where `self` describes the attempt by itself. `None` if the
    /// account changed in the meantime and the attempt will be repeated.
    ///
    /// `can_be_locked` is the account's [`lockout_enabled`](crate::User::lockout_enabled): without it, an end of
    /// lockout is stored as in .NET, but ignored.
    pub fn settled(mut self, outcome: AttemptOutcome, can_be_locked: bool) -> Option<Self> {
        match outcome {
            // It was refused before the store was asked.
            _ if self.kind.is_refusal() => {}
            AttemptOutcome::Accepted => {}
            AttemptOutcome::Counted(_) => self.kind.fail_if_redeemed(),
            AttemptOutcome::LockedOut(until) if can_be_locked && until >= self.at => {
                self.kind.fail_if_redeemed();
                self.kind.set_locked_until(until);
            }
            AttemptOutcome::LockedOut(_) => self.kind.fail_if_redeemed(),
            AttemptOutcome::Refused => self.kind = self.kind.refused(),
            AttemptOutcome::Conflict => return None,
        }
        Some(self)
    }

    /// Like [`settled`](Self::settled), for a sign-in or confirmation with a recovery code.
    pub fn redeemed(mut self, outcome: RedeemOutcome) -> Option<Self> {
        match outcome {
            RedeemOutcome::Redeemed => {}
            RedeemOutcome::Wrong => self.kind = self.kind.failed(FailureReason::WrongRecoveryCode),
            RedeemOutcome::Refused => self.kind = self.kind.refused(),
            RedeemOutcome::Conflict => return None,
        }
        Some(self)
    }
}

/// Without the name that was typed.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("user", &self.user)
            .field("at", &self.at)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
