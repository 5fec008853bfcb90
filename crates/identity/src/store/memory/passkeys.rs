//! Passkeys in memory, which the end of the process loses.

use async_trait::async_trait;

use super::accounts::MemoryAccounts;
use super::state::Account;
use crate::account::{SecurityStamp, UserId};
use crate::event::Event;
use crate::passkey::{CredentialId, UserPasskey};
use crate::store::{
    AddPasskeyOutcome, AttemptState, ChangeOutcome, LastPasskey, PasskeyStore, PasskeyUse, RemovePasskeyOutcome,
    StoreError,
};

impl MemoryAccounts {
    /// Changes the passkey if there is one and the change of the account wants to; then it and the account are written.
    fn change_passkey(
        &self,
        user: &UserId,
        id: &CredentialId,
        event: &Event,
        change: impl FnOnce(&mut Account, usize) -> bool,
    ) -> bool {
        let mut state = self.state();
        let Some(account) = state.accounts.get_mut(user) else {
            return false;
        };
        let mut passkeys = account.passkeys.iter();
        let Some(index) = passkeys.position(|passkey| passkey.credential_id == *id) else {
            return false;
        };
        let is_changed = change(account, index);
        if is_changed {
            state.update(user, |_| {});
            state.sessions.after_change(user, event);
        }
        is_changed
    }
}

#[async_trait]
impl PasskeyStore for MemoryAccounts {
    async fn add(
        &self,
        user: &UserId,
        expected: Option<&SecurityStamp>,
        passkey: &UserPasskey,
        limit: usize,
        event: &Event,
    ) -> Result<AddPasskeyOutcome, StoreError> {
        let mut state = self.state();
        let Some(account) = state.accounts.get(user) else {
            return Ok(AddPasskeyOutcome::NoAccount);
        };
        if account.user.security_stamp.as_ref() != expected {
            return Ok(AddPasskeyOutcome::AccountChanged);
        }
        let mut all = state.accounts.values().flat_map(|account| &account.passkeys);
        if all.any(|known| known.credential_id == passkey.credential_id) {
            return Ok(AddPasskeyOutcome::AlreadyRegistered);
        }
        if account.passkeys.len() >= limit {
            return Ok(AddPasskeyOutcome::TooMany);
        }
        let outcome = state.update(user, |account| account.passkeys.push(passkey.clone()));
        state.sessions.after_change(user, event);
        Ok(match outcome {
            ChangeOutcome::Changed => AddPasskeyOutcome::Added,
            _ => AddPasskeyOutcome::NoAccount,
        })
    }

    async fn find(&self, user: &UserId, id: &CredentialId) -> Result<Option<UserPasskey>, StoreError> {
        let state = self.state();
        let mut passkeys = state
            .accounts
            .get(user)
            .into_iter()
            .flat_map(|account| &account.passkeys);
        Ok(passkeys.find(|passkey| passkey.credential_id == *id).cloned())
    }

    async fn list(&self, user: &UserId) -> Result<Vec<UserPasskey>, StoreError> {
        let state = self.state();
        let mut passkeys = state
            .accounts
            .get(user)
            .map(|account| account.passkeys.clone())
            .unwrap_or_default();
        passkeys.sort_by(|a, b| (a.created_at, &a.credential_id).cmp(&(b.created_at, &b.credential_id)));
        Ok(passkeys)
    }

    async fn mark_used(&self, used: PasskeyUse<'_>, event: &Event) -> Result<bool, StoreError> {
        Ok(self.change_passkey(used.user, used.id, event, |account, index| {
            let may_sign_in = AttemptState::from(&account.user).may_redeem(used.expected_stamp, used.now);
            let passkey = &mut account.passkeys[index];
            let is_expected = may_sign_in && passkey.sign_count == used.expected_sign_count;
            if is_expected {
                passkey.sign_count = used.verified.sign_count;
                passkey.is_backed_up = used.verified.is_backed_up;
            }
            is_expected
        }))
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &CredentialId,
        name: Option<&str>,
        event: &Event,
    ) -> Result<bool, StoreError> {
        Ok(self.change_passkey(user, id, event, |account, index| {
            account.passkeys[index].name = name.map(str::to_owned);
            true
        }))
    }

    async fn remove(
        &self,
        user: &UserId,
        id: &CredentialId,
        last: LastPasskey,
        event: &Event,
    ) -> Result<RemovePasskeyOutcome, StoreError> {
        let mut outcome = RemovePasskeyOutcome::NotFound;
        self.change_passkey(user, id, event, |account, index| {
            if last == LastPasskey::Stays && account.passkeys.len() == 1 {
                outcome = RemovePasskeyOutcome::Last;
                return false;
            }
            account.passkeys.remove(index);
            outcome = RemovePasskeyOutcome::Removed;
            true
        });
        Ok(outcome)
    }
}
