//! Having the store change an account, with the event that tells of it and what it does to sessions.

use tokio::time::Instant;

use super::accounts::Accounts;
use crate::account::{Change, Expected, User, UserId};
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::observer::{self, Observation};
use crate::session::SessionsAfterChange;
use crate::store::ChangeOutcome;

impl Accounts {
    /// Changes the account, whatever has happened to it since it was read, and updates `user`.
    pub(super) async fn change(&self, user: &mut User, change: Change) -> Result<ChangeOutcome, Error> {
        let outcome = self.write(&user.id, Expected::Account, &change).await?;
        if outcome == ChangeOutcome::Changed {
            change.apply(user);
        }
        Ok(outcome)
    }

    /// Changes the account if it still has the security stamp it was read with, and updates `user`.
    pub(super) async fn change_if_unchanged(&self, user: &mut User, change: Change) -> Result<ChangeOutcome, Error> {
        let kind = EventKind::from(&change);
        self.change_if_unchanged_as(kind, user, change).await
    }

    /// The same, for changes whose intent is not obvious from the change alone.
    pub(super) async fn change_if_unchanged_as(
        &self,
        kind: EventKind,
        user: &mut User,
        change: Change,
    ) -> Result<ChangeOutcome, Error> {
        let expected = Expected::SecurityStamp(user.security_stamp.as_ref());
        let outcome = self.write_as(kind, &user.id, expected, &change).await?;
        if outcome == ChangeOutcome::Changed {
            change.apply(user);
        }
        Ok(outcome)
    }

    pub(super) async fn write(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
    ) -> Result<ChangeOutcome, Error> {
        self.write_as(EventKind::from(change), id, expected, change).await
    }

    /// Has the store make a change, and logs it if it happened.
    pub(super) async fn write_as(
        &self,
        kind: EventKind,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
    ) -> Result<ChangeOutcome, Error> {
        // A stamp that is not expected may be an old one, whose sessions are over.
        let old = match expected {
            Expected::SecurityStamp(stamp)
            | Expected::PasswordHash { stamp, .. }
            | Expected::Redeeming { stamp, .. } => stamp,
            Expected::Account | Expected::RecoveryCodes(_) => None,
        };
        let keeps_sessions = match kind {
            // Also where sessions are off: another instance may have begun some, or this one before.
            EventKind::Locked(_) => self.stores().sessions().is_some(),
            // A new stamp ends those by itself.
            _ => self.sessions().is_some(),
        };
        let sessions = || SessionsAfterChange::of(&kind, change, old, self.session.as_ref());
        let sessions = keeps_sessions.then(sessions).flatten();
        let event = self.event(kind, id).with_sessions(sessions);
        let start = Instant::now();
        let outcome = self.store().change(id, expected, change, &event).await?;
        observe(&event, outcome == ChangeOutcome::Changed, start);
        if outcome == ChangeOutcome::Changed {
            self.changed(&event);
        }
        Ok(outcome)
    }

    /// A change has happened.
    pub(super) fn changed(&self, event: &Event) {
        if let (Some(sessions), Some(_), Some(user)) = (self.sessions(), event.sessions(), &event.user) {
            sessions.forget(user);
        }
        event.log();
    }
}

/// The store has been asked for a change since this time, and has made it or not.
pub(super) fn observe(event: &Event, succeeded: bool, start: Instant) {
    observer::tell(&Observation::UserUpdated {
        kind: &event.kind,
        succeeded,
        took: start.elapsed(),
    });
}
