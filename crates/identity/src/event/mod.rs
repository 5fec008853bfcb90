//! What happened to an account, as one type for every reader.

mod kind;
mod log_line;
mod names;
mod protection;
mod report;
mod stored;

use std::sync::Arc;

use time::OffsetDateTime;

pub use self::kind::{EventKind, FailureReason};
pub use self::protection::EventProtection;
pub use self::report::{EventHead, EventProblem, InvalidEventHead, VerifyReport};
pub use self::stored::{EventFilter, StoredEvent};
use crate::account::UserId;
use crate::request::RequestContext;
use crate::store::{AttemptOutcome, RedeemOutcome};

/// How many events are sealed together at most.
pub const EVENTS_PER_SEAL: u64 = 1_000;

/// Something that happened to an account, or that was attempted in its name.
///
/// [`Accounts`](crate::Accounts) and [`SignIn`](crate::SignIn) create one for every result of a sign-in and every
/// change of an account, pass it to the [`AccountStore`](crate::AccountStore) together with the change, and log it. An
/// event never contains a secret: no password, code, key, token or hash.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl Event {
    /// An event of the request that the current task serves.
    pub fn new(kind: EventKind, user: Option<UserId>, at: OffsetDateTime) -> Self {
        Self {
            kind,
            user,
            at,
            request: RequestContext::current(),
        }
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
            AttemptOutcome::Accepted | AttemptOutcome::Counted(_) => {}
            AttemptOutcome::LockedOut(until) if can_be_locked && until >= self.at => self.kind.set_locked_until(until),
            AttemptOutcome::LockedOut(_) => {}
            AttemptOutcome::Refused => self.kind = self.kind.refused(),
            AttemptOutcome::Conflict => return None,
        }
        Some(self)
    }

    /// Like [`settled`](Self::settled), for a sign-in with a recovery code.
    pub fn redeemed(mut self, outcome: RedeemOutcome) -> Option<Self> {
        match outcome {
            RedeemOutcome::Redeemed => {}
            RedeemOutcome::Wrong => self.kind = EventKind::sign_in_failed(FailureReason::WrongRecoveryCode),
            RedeemOutcome::Refused => self.kind = self.kind.refused(),
            RedeemOutcome::Conflict => return None,
        }
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;
    use crate::claims::AuthenticationMethod;

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    fn settled(kind: EventKind, outcome: AttemptOutcome, can_be_locked: bool) -> Option<EventKind> {
        let event = Event::new(kind, None, NOW).settled(outcome, can_be_locked);
        event.map(|event| event.kind)
    }

    #[test]
    fn an_accepted_or_counted_attempt_is_what_it_came_to() {
        let signed_in = EventKind::SignedIn(AuthenticationMethod::Password);
        let wrong = EventKind::sign_in_failed(FailureReason::WrongPassword);
        for (kind, outcome) in [
            (signed_in, AttemptOutcome::Accepted),
            (wrong, AttemptOutcome::Counted(3)),
        ] {
            assert_eq!(settled(kind.clone(), outcome, true), Some(kind));
        }
    }

    #[test]
    fn the_failure_that_locks_says_until_when_unless_failures_cannot_lock() {
        let until = NOW + Duration::minutes(5);
        let wrong = EventKind::sign_in_failed(FailureReason::WrongAuthenticatorCode);
        let locked = EventKind::SignInFailed {
            reason: FailureReason::WrongAuthenticatorCode,
            locked_until: Some(until),
        };
        let outcome = AttemptOutcome::LockedOut(until);
        assert_eq!(settled(wrong.clone(), outcome, true), Some(locked));
        assert_eq!(settled(wrong.clone(), outcome, false), Some(wrong));
    }

    #[test]
    fn nothing_is_told_of_an_attempt_at_a_locked_account() {
        for kind in [
            EventKind::SignedIn(AuthenticationMethod::Password),
            EventKind::PasswordAccepted,
            EventKind::sign_in_failed(FailureReason::WrongPassword),
        ] {
            let refused = EventKind::sign_in_failed(FailureReason::LockedOut);
            assert_eq!(settled(kind, AttemptOutcome::Refused, true), Some(refused));
        }
        for kind in [
            EventKind::OldPasswordAccepted,
            EventKind::password_change_failed(FailureReason::WrongPassword),
        ] {
            let refused = EventKind::password_change_failed(FailureReason::LockedOut);
            assert_eq!(settled(kind, AttemptOutcome::Refused, true), Some(refused));
        }
    }

    #[test]
    fn what_was_refused_before_anything_was_looked_at_stays_so() {
        for (reason, outcome) in [
            (FailureReason::NoSuchAccount, AttemptOutcome::Conflict),
            (FailureReason::NotAllowed, AttemptOutcome::Refused),
            (FailureReason::LockedOut, AttemptOutcome::Accepted),
        ] {
            let refused = EventKind::sign_in_failed(reason);
            assert_eq!(settled(refused.clone(), outcome, true), Some(refused));
        }
    }

    #[test]
    fn an_attempt_that_is_made_anew_is_no_event() {
        assert_eq!(
            settled(EventKind::PasswordAccepted, AttemptOutcome::Conflict, true),
            None
        );
        let event = Event::new(EventKind::SignedIn(AuthenticationMethod::RecoveryCode), None, NOW);
        assert_eq!(event.redeemed(RedeemOutcome::Conflict), None);
    }
}
