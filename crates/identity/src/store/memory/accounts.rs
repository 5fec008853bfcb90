//! Accounts in memory.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;

use super::mails::MemoryMails;
use super::secrets::MemorySecrets;
use super::state::{Account, State};
use crate::account::{Change, EmailUniqueness, Expected, NormalizedName, SecurityStamp, User, UserId};
use crate::event::Event;
use crate::options::LockoutOptions;
use crate::second_factor::RecoveryCodes;
use crate::store::{
    AccountStore, Attempt, AttemptOutcome, AttemptState, ChangeOutcome, CreateOutcome, NewAccountMail, RedeemOutcome,
    StoreError, UserClaims,
};

/// The accounts of a [`MemoryStore`](super::MemoryStore).
#[derive(Default)]
pub(super) struct MemoryAccounts {
    state: Mutex<State>,
    /// The mails, which are written with accounts.
    pub(super) mails: MemoryMails,
    /// The one-time secrets, which are redeemed with changes and attempts.
    pub(super) secrets: MemorySecrets,
}

impl MemoryAccounts {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No method leaves the state half-written, so it is intact even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only their number, not their contents.
impl fmt::Debug for MemoryAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.state().accounts.len())
    }
}

#[async_trait]
impl AccountStore for MemoryAccounts {
    async fn create(
        &self,
        user: &User,
        email: EmailUniqueness,
        mail: Option<&dyn NewAccountMail>,
        _event: &Event,
    ) -> Result<CreateOutcome, StoreError> {
        let mail = match mail {
            Some(mail) => Some(mail.queued(user).await?),
            None => None,
        };
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
        if let Some(mail) = mail {
            self.mails.add_or_drop(&mail, user);
        }
        state.accounts.insert(user.id.clone(), Account::new(user.clone()));
        Ok(CreateOutcome::Created(user.id.clone()))
    }

    async fn delete(&self, id: &UserId, event: &Event) -> Result<bool, StoreError> {
        Ok(self.state().delete(id, event))
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

    async fn change(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        let mut state = self.state();
        let Expected::Redeeming { secret, .. } = expected else {
            let outcome = state.change(id, expected, change);
            if outcome == ChangeOutcome::Changed {
                state.sessions.after_change(id, event);
            }
            return Ok(outcome);
        };
        let mut secrets = self.secrets.lock();
        if state.is_as_expected(id, expected) && !secrets.can_redeem(secret) {
            return Ok(ChangeOutcome::AlreadyRedeemed);
        }
        secrets.make_room_for(secret)?;
        let outcome = state.change(id, expected, change);
        if outcome == ChangeOutcome::Changed {
            secrets.redeem(secret)?;
            state.sessions.after_change(id, event);
        }
        Ok(outcome)
    }

    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt<'_>,
        now: OffsetDateTime,
        options: &LockoutOptions,
        _event: &Event,
    ) -> Result<AttemptOutcome, StoreError> {
        let mut state = self.state();
        let Some(account) = state.accounts.get(id) else {
            return Ok(AttemptOutcome::Conflict);
        };
        let user = AttemptState::from(&account.user);
        let attempt = match attempt {
            Attempt::Redeeming(secret) if user.may_redeem(expected, now) => {
                Attempt::after_redeeming(self.secrets.lock().redeem(secret)?.is_some())
            }
            attempt => attempt,
        };
        let settlement = user.settle(expected, attempt, now, options);
        state.count(id, settlement.change);
        Ok(settlement.outcome)
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        Ok(self
            .state()
            .accounts
            .get(id)
            .and_then(|account| account.authenticator_key.clone()))
    }

    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError> {
        let state = self.state();
        let account = state.accounts.get(id);
        Ok(account
            .map(|account| account.recovery_codes.clone())
            .unwrap_or_default())
    }

    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
        _event: &Event,
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
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
        event: &Event,
    ) -> Result<Option<String>, StoreError> {
        let mut state = self.state();
        let Some(account) = state.accounts.get(id) else {
            return Ok(None);
        };
        if let Some(existing) = account.authenticator_key.clone().filter(|key| !key.is_empty()) {
            return Ok(Some(existing));
        }
        if account.user.security_stamp.as_ref() != expected {
            return Ok(None);
        }
        state.update(id, |account| {
            account.authenticator_key = Some(key.to_owned());
            account.user.security_stamp = Some(stamp.clone());
        });
        state.sessions.after_change(id, event);
        Ok(Some(key.to_owned()))
    }

    async fn authenticator_keys(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, String)>, StoreError> {
        let state = self.state();
        let keys = state.accounts.iter().filter_map(|(id, account)| {
            let key = account.authenticator_key.clone()?;
            Some((id.clone(), key))
        });
        let mut keys: Vec<_> = keys.filter(|(id, _)| after.is_none_or(|after| id > after)).collect();
        keys.sort();
        keys.truncate(limit);
        Ok(keys)
    }

    async fn replace_authenticator_key(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError> {
        let mut state = self.state();
        let account = state.accounts.get_mut(id);
        let key = account.and_then(|account| account.authenticator_key.as_mut());
        let key = key.filter(|key| *key == old);
        let is_replaced = key.is_some();
        if let Some(key) = key {
            new.clone_into(key);
        }
        Ok(is_replaced)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
