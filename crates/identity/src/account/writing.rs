//! Having the store change an account, with the event that tells of it and what it does to sessions.

use super::accounts::Accounts;
use crate::account::{Change, Expected, SecurityStamp, User, UserId};
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::session::{SessionId, SessionsAfterChange};
use crate::store::ChangeOutcome;

impl Accounts {
    /// Changes the account, whatever has happened to it since it was read, and updates `user`.
    pub(super) async fn change(&self, user: &mut User, change: Change) -> Result<ChangeOutcome, Error> {
        let (kind, old) = (EventKind::from(&change), user.security_stamp.as_ref());
        let outcome = self.write_over(kind, &user.id, Expected::Account, &change, old).await?;
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
        let old = match expected {
            Expected::SecurityStamp(stamp) | Expected::Redeeming { stamp, .. } => stamp,
            Expected::Account | Expected::PasswordHash(_) | Expected::RecoveryCodes(_) => None,
        };
        self.write_over(kind, id, expected, change, old).await
    }

    /// The same for an account that was seen with this security stamp.
    pub(super) async fn write_over(
        &self,
        kind: EventKind,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        old: Option<&SecurityStamp>,
    ) -> Result<ChangeOutcome, Error> {
        let sessions = self.sessions_after(|by| SessionsAfterChange::of(&kind, change, old, by));
        let event = self.event(kind, id).with_sessions(sessions);
        let outcome = self.store().change(id, expected, change, &event).await?;
        if outcome == ChangeOutcome::Changed {
            self.changed(&event);
        }
        Ok(outcome)
    }

    /// What a change by this session does to the account's sessions, where there are any.
    pub(super) fn sessions_after(
        &self,
        after: impl FnOnce(Option<&SessionId>) -> Option<SessionsAfterChange>,
    ) -> Option<SessionsAfterChange> {
        self.sessions()?;
        after(self.session.as_ref())
    }

    /// A change has happened.
    pub(super) fn changed(&self, event: &Event) {
        if let (Some(sessions), Some(_), Some(user)) = (self.sessions(), event.sessions(), &event.user) {
            sessions.forget(user);
        }
        event.log();
    }
}
