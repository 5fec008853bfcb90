mod state;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;

use self::state::{Account, State};
use super::{
    Attempt, AttemptOutcome, AttemptState, CreateOutcome, EmailChange, EmailUniqueness, RedeemOutcome, StoreError,
    UpdateOutcome, UserClaims, UserStore,
};
use crate::{LockoutOptions, NormalizedName, PasswordHash, RecoveryCodes, SecurityStamp, User, UserId};

/// Accounts that live as long as the process: for tests and for trying things out.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No method leaves the state half-written, so a panic elsewhere has not broken it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("accounts", &self.state().accounts.len())
            .finish()
    }
}

#[async_trait]
impl UserStore for MemoryStore {
    async fn create(&self, user: &User, email: EmailUniqueness) -> Result<CreateOutcome, StoreError> {
        let mut state = self.state();
        if state.accounts.contains_key(&user.id) {
            return Err(StoreError::Failed(format!("the id {} is taken", user.id).into()));
        }
        if state.name_is_taken(user.normalized_user_name.as_ref(), &user.id) {
            return Ok(CreateOutcome::DuplicateUserName);
        }
        if state.email_is_taken(user.normalized_email.as_ref(), &user.id, email) {
            return Ok(CreateOutcome::DuplicateEmail);
        }
        if let Some(name) = &user.normalized_user_name {
            state.ids_by_name.insert(name.clone(), user.id.clone());
        }
        state.accounts.insert(user.id.clone(), Account::new(user.clone()));
        Ok(CreateOutcome::Created)
    }

    async fn delete(&self, id: &UserId) -> Result<bool, StoreError> {
        let mut state = self.state();
        let account = state.accounts.remove(id);
        if let Some(name) = account
            .as_ref()
            .and_then(|account| account.user.normalized_user_name.as_ref())
        {
            state.ids_by_name.remove(name);
        }
        Ok(account.is_some())
    }

    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.state().accounts.get(id).map(|account| account.user.clone()))
    }

    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError> {
        let state = self.state();
        let account = state.ids_by_name.get(name).and_then(|id| state.accounts.get(id));
        Ok(account.map(|account| account.user.clone()))
    }

    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError> {
        let state = self.state();
        let account = state
            .accounts
            .values()
            .find(|account| account.user.normalized_email.as_ref() == Some(email));
        Ok(account.map(|account| account.user.clone()))
    }

    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError> {
        let state = self.state();
        let later = state
            .ids_by_name
            .iter()
            .filter(|(name, _)| after.is_none_or(|after| *name > after));
        Ok(later
            .take(limit)
            .filter_map(|(_, id)| state.accounts.get(id))
            .map(|account| account.user.clone())
            .collect())
    }

    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError> {
        let state = self.state();
        let Some(account) = state.accounts.get(id) else {
            return Ok(UserClaims::default());
        };
        let roles = account.roles.iter().filter_map(|role| state.roles.get(role));
        Ok(UserClaims {
            claims: account.claims.clone(),
            roles: roles.map(|name| (name.clone(), Vec::new())).collect(),
        })
    }

    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt,
        now: OffsetDateTime,
        options: &LockoutOptions,
    ) -> Result<AttemptOutcome, StoreError> {
        let mut state = self.state();
        let Some(account) = state.accounts.get(id) else {
            return Ok(AttemptOutcome::Conflict);
        };
        let settlement = AttemptState::from(&account.user).settle(expected, attempt, now, options);
        state.count(id, settlement.change);
        Ok(settlement.outcome)
    }

    async fn set_lockout_end(&self, id: &UserId, end: Option<OffsetDateTime>) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update(id, |account| account.user.lockout_end = end))
    }

    async fn set_lockout_enabled(&self, id: &UserId, enabled: bool) -> Result<UpdateOutcome, StoreError> {
        Ok(self
            .state()
            .update(id, |account| account.user.lockout_enabled = enabled))
    }

    async fn rehash_password(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut state = self.state();
        if state
            .accounts
            .get(id)
            .is_none_or(|account| account.user.password_hash.as_ref() != Some(old))
        {
            return Ok(UpdateOutcome::Conflict);
        }
        Ok(state.update(id, |account| {
            account.user.password_hash = Some(new.clone());
            account.user.security_stamp = Some(stamp.clone());
        }))
    }

    async fn replace_password(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        hash: Option<&PasswordHash>,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update_if(id, expected, |account| {
            account.user.password_hash = hash.cloned();
            account.user.security_stamp = Some(stamp.clone());
        }))
    }

    async fn replace_security_stamp(&self, id: &UserId, stamp: &SecurityStamp) -> Result<UpdateOutcome, StoreError> {
        Ok(self
            .state()
            .update(id, |account| account.user.security_stamp = Some(stamp.clone())))
    }

    async fn confirm_email(&self, id: &UserId, expected: Option<&SecurityStamp>) -> Result<UpdateOutcome, StoreError> {
        Ok(self
            .state()
            .update_if(id, expected, |account| account.user.email_confirmed = true))
    }

    async fn change_email(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        change: &EmailChange,
        stamp: &SecurityStamp,
        email: EmailUniqueness,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut state = self.state();
        if state.email_is_taken(Some(&change.normalized_email), id, email) {
            return Ok(UpdateOutcome::DuplicateEmail);
        }
        if state.name_is_taken(change.user_name.as_ref().map(|(_, normalized)| normalized), id) {
            return Ok(UpdateOutcome::DuplicateUserName);
        }
        let outcome = state.update_if(id, expected, |account| {
            account.user.email = Some(change.email.clone());
            account.user.normalized_email = Some(change.normalized_email.clone());
            account.user.email_confirmed = true;
            account.user.security_stamp = Some(stamp.clone());
        });
        if let (UpdateOutcome::Updated, Some((name, normalized))) = (outcome, &change.user_name) {
            state.rename(id, name, normalized);
        }
        Ok(outcome)
    }

    async fn set_user_name(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut state = self.state();
        if state.name_is_taken(Some(normalized), id) {
            return Ok(UpdateOutcome::DuplicateUserName);
        }
        let outcome = state.update(id, |account| account.user.security_stamp = Some(stamp.clone()));
        if outcome == UpdateOutcome::Updated {
            state.rename(id, name, normalized);
        }
        Ok(outcome)
    }

    async fn set_phone_number_confirmed(&self, id: &UserId, confirmed: bool) -> Result<UpdateOutcome, StoreError> {
        Ok(self
            .state()
            .update(id, |account| account.user.phone_number_confirmed = confirmed))
    }

    async fn set_two_factor_enabled(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        enabled: bool,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update_if(id, expected, |account| {
            account.user.two_factor_enabled = enabled;
            account.user.security_stamp = Some(stamp.clone());
        }))
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        Ok(self
            .state()
            .accounts
            .get(id)
            .and_then(|account| account.authenticator_key.clone()))
    }

    async fn replace_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update_if(id, expected, |account| {
            account.authenticator_key = Some(key.to_owned());
            account.user.security_stamp = Some(stamp.clone());
        }))
    }

    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError> {
        let state = self.state();
        let account = state.accounts.get(id);
        Ok(account
            .map(|account| account.recovery_codes.clone())
            .unwrap_or_default())
    }

    async fn replace_recovery_codes(
        &self,
        id: &UserId,
        seen: &RecoveryCodes,
        codes: &RecoveryCodes,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut state = self.state();
        match state.accounts.get(id) {
            Some(account) if account.recovery_codes == *seen => {}
            _ => return Ok(UpdateOutcome::Conflict),
        }
        Ok(state.update(id, |account| account.recovery_codes = codes.clone()))
    }

    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
    ) -> Result<RedeemOutcome, StoreError> {
        let mut state = self.state();
        let account = match state.accounts.get(id) {
            Some(account) if account.user.is_locked_out(now) => return Ok(RedeemOutcome::Refused),
            Some(account) if account.user.security_stamp.as_ref() == expected => account,
            _ => return Ok(RedeemOutcome::Conflict),
        };
        let Some(left) = account.recovery_codes.without(code) else {
            return Ok(RedeemOutcome::Wrong);
        };
        state.update(id, |account| {
            account.recovery_codes = left;
            account.user.access_failed_count = 0;
        });
        Ok(RedeemOutcome::Redeemed)
    }

    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<Option<String>, StoreError> {
        let mut state = self.state();
        let Some(account) = state.accounts.get(id) else {
            return Ok(None);
        };
        if let Some(existing) = account.authenticator_key.clone().filter(|key| !key.is_empty()) {
            return Ok(Some(existing));
        }
        state.update(id, |account| {
            account.authenticator_key = Some(key.to_owned());
            account.user.security_stamp = Some(stamp.clone());
        });
        Ok(Some(key.to_owned()))
    }

    async fn add_role(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut state = self.state();
        let outcome = state.update(id, |account| {
            account.roles.insert(normalized.clone());
        });
        if outcome == UpdateOutcome::Updated {
            state.roles.entry(normalized.clone()).or_insert_with(|| name.to_owned());
        }
        Ok(outcome)
    }

    async fn remove_role(&self, id: &UserId, normalized: &NormalizedName) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update(id, |account| {
            account.roles.remove(normalized);
        }))
    }

    async fn add_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update(id, |account| {
            account.claims.push((claim_type.to_owned(), value.to_owned()))
        }))
    }

    async fn remove_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError> {
        Ok(self.state().update(id, |account| {
            account.claims.retain(|(t, v)| t != claim_type || v != value)
        }))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    crate::test_user_store!(async { MemoryStore::new() });
}
