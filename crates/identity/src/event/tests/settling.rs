//! What an attempt comes to.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::claims::AuthenticationMethod;
use crate::event::{Event, EventKind, FailureReason};
use crate::session::SignInMethod;
use crate::store::{AttemptOutcome, RedeemOutcome};

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
        EventKind::Confirmed(SignInMethod::Password),
        EventKind::confirmation_failed(FailureReason::WrongPassword),
    ] {
        let refused = EventKind::confirmation_failed(FailureReason::LockedOut);
        assert_eq!(settled(kind, AttemptOutcome::Refused, true), Some(refused));
    }
    for kind in [
        EventKind::OldPasswordAccepted,
        EventKind::password_change_failed(FailureReason::WrongPassword),
    ] {
        let refused = EventKind::password_change_failed(FailureReason::LockedOut);
        assert_eq!(settled(kind, AttemptOutcome::Refused, true), Some(refused));
    }
    for kind in [
        EventKind::TwoFactorPasswordAccepted,
        EventKind::two_factor_disable_failed(FailureReason::WrongPassword),
    ] {
        let refused = EventKind::two_factor_disable_failed(FailureReason::LockedOut);
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
