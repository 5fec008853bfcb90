//! Which accounts in memory are to be deleted.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::accounts::MemoryAccounts;
use super::state::PendingDeletion;
use crate::account::{Closing, Deletion, DueDeletion, Expected, Lockout, SecurityStamp, User, UserId};
use crate::event::Event;
use crate::store::{AttemptState, ChangeOutcome, DeletionOutcome, DeletionStore, StoreError};

#[async_trait]
impl DeletionStore for MemoryAccounts {
    async fn request(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        closing: &Closing,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        let mut state = self.state();
        let account = state.accounts.get(id).map(|account| &account.user);
        let Some(user) = account.filter(|user| Expected::SecurityStamp(expected).is_met_by(user)) else {
            return Ok(ChangeOutcome::Conflict);
        };
        let before = AttemptState::from(user);
        let earlier = state.deletions.get(id).filter(|_| Deletion::is_closed(&before));
        let pending = PendingDeletion {
            deletion: closing.deletion,
            lockout_enabled: earlier.map_or(before.lockout_enabled, |earlier| earlier.lockout_enabled),
        };
        state.update(id, |account| {
            set_lockout(&mut account.user, Closing::lockout(&before));
            account.user.security_stamp = Some(closing.stamp.clone());
        });
        state.deletions.insert(id.clone(), pending);
        state.sessions.after_change(id, event);
        Ok(ChangeOutcome::Changed)
    }

    async fn cancel(&self, id: &UserId, event: &Event) -> Result<ChangeOutcome, StoreError> {
        let mut state = self.state();
        let Some(before) = state.accounts.get(id).map(|account| AttemptState::from(&account.user)) else {
            return Ok(ChangeOutcome::Conflict);
        };
        let Some(pending) = state.deletions.remove(id) else {
            return Ok(ChangeOutcome::Conflict);
        };
        state.sessions.after_change(id, event);
        Ok(state.update(id, |account| {
            let lockout = Deletion::lockout_afterwards(&before, pending.lockout_enabled);
            set_lockout(&mut account.user, lockout);
            account.user.access_failed_count = 0;
        }))
    }

    async fn find(&self, id: &UserId) -> Result<Option<Deletion>, StoreError> {
        Ok(self.state().deletions.get(id).map(|pending| pending.deletion))
    }

    async fn list_due(
        &self,
        now: OffsetDateTime,
        after: Option<&DueDeletion>,
        limit: usize,
    ) -> Result<Vec<DueDeletion>, StoreError> {
        let state = self.state();
        let after = after.map(|after| (after.due, after.user.as_str()));
        let due = state
            .deletions
            .iter()
            .map(|(id, pending)| (pending.deletion.due, id.as_str()));
        let due = due.filter(|place| place.0 <= now && after.is_none_or(|after| *place > after));
        let mut due: Vec<_> = due.collect();
        due.sort_unstable();
        let due = due.into_iter().take(limit).map(|(due, id)| DueDeletion {
            user: UserId::from_stored(id),
            due,
        });
        Ok(due.collect())
    }

    async fn delete(&self, id: &UserId, now: OffsetDateTime, event: &Event) -> Result<DeletionOutcome, StoreError> {
        let mut state = self.state();
        if state.deletions.get(id).is_none_or(|pending| pending.deletion.due > now) {
            return Ok(DeletionOutcome::NotDue);
        }
        state.deletions.remove(id);
        let Some(account) = state.accounts.get(id) else {
            return Ok(DeletionOutcome::NotDue);
        };
        if !Deletion::is_closed(&AttemptState::from(&account.user)) {
            return Ok(DeletionOutcome::Kept);
        }
        state.delete(id, event);
        Ok(DeletionOutcome::Deleted)
    }
}

fn set_lockout(user: &mut User, lockout: Lockout) {
    user.lockout_enabled = lockout.enabled;
    user.lockout_end = lockout.end;
}
