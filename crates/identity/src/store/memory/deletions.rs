//! Which accounts in memory are to be deleted.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::accounts::MemoryAccounts;
use crate::account::{Closing, Deletion, Expected, SecurityStamp, UserId};
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
        let account = state.accounts.get(id);
        if !account.is_some_and(|account| Expected::SecurityStamp(expected).is_met_by(&account.user)) {
            return Ok(ChangeOutcome::Conflict);
        }
        state.update(id, |account| {
            account.user.lockout_enabled = true;
            account.user.lockout_end = Some(closing.locked_until);
            account.user.security_stamp = Some(closing.stamp.clone());
        });
        state.deletions.insert(id.clone(), closing.deletion);
        state.sessions.after_change(id, event);
        Ok(ChangeOutcome::Changed)
    }

    async fn cancel(&self, id: &UserId, event: &Event) -> Result<ChangeOutcome, StoreError> {
        let mut state = self.state();
        if !state.accounts.contains_key(id) || state.deletions.remove(id).is_none() {
            return Ok(ChangeOutcome::Conflict);
        }
        state.sessions.after_change(id, event);
        Ok(state.update(id, |account| {
            account.user.lockout_end = None;
            account.user.access_failed_count = 0;
        }))
    }

    async fn find(&self, id: &UserId) -> Result<Option<Deletion>, StoreError> {
        Ok(self.state().deletions.get(id).copied())
    }

    async fn list_due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<UserId>, StoreError> {
        let state = self.state();
        let due = state.deletions.iter().filter(|(_, deletion)| deletion.due <= now);
        let mut due: Vec<_> = due.map(|(id, deletion)| (deletion.due, id.clone())).collect();
        due.sort_unstable_by_key(|(at, _)| *at);
        Ok(due.into_iter().take(limit).map(|(_, id)| id).collect())
    }

    async fn delete(&self, id: &UserId, now: OffsetDateTime, event: &Event) -> Result<DeletionOutcome, StoreError> {
        let mut state = self.state();
        if state.deletions.get(id).is_none_or(|deletion| deletion.due > now) {
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
