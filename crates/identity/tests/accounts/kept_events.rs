//! A store that keeps events, as those in a database will.

use std::sync::Mutex;

use time::OffsetDateTime;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, NormalizedName, SecurityStamp};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{
    Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, NewAccountMail, RedeemOutcome, UserClaims,
};
use wicketgate_identity::{AccountStore, Event, EventKind, MemoryStore, StoreError, Stores, User, UserId};

/// The store in memory, and every event that came with something that happened.
#[derive(Debug, Default)]
pub(crate) struct StoreWithEvents {
    memory: MemoryStore,
    events: Mutex<Vec<Event>>,
}

impl StoreWithEvents {
    /// What happened since this was asked last.
    pub(crate) fn take(&self) -> Vec<EventKind> {
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        events.into_iter().map(|event| event.kind).collect()
    }

    pub(crate) fn all(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Event {
        self.all().pop().unwrap()
    }

    fn keep(&self, event: Option<Event>) {
        self.events.lock().unwrap().extend(event);
    }
}

#[async_trait::async_trait]
impl AccountStore for StoreWithEvents {
    async fn create(
        &self,
        user: &User,
        email: EmailUniqueness,
        mail: Option<&dyn NewAccountMail>,
        event: &Event,
    ) -> Result<CreateOutcome, StoreError> {
        let outcome = self.memory.accounts().create(user, email, mail, event).await?;
        self.keep(matches!(outcome, CreateOutcome::Created(_)).then(|| event.clone()));
        Ok(outcome)
    }

    async fn delete(&self, id: &UserId, event: &Event) -> Result<bool, StoreError> {
        let deleted = self.memory.accounts().delete(id, event).await?;
        self.keep(deleted.then(|| event.clone()));
        Ok(deleted)
    }

    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.memory.accounts().find_by_id(id).await
    }

    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.memory.accounts().find_by_normalized_name(name).await
    }

    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.memory.accounts().find_by_normalized_email(email).await
    }

    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError> {
        self.memory.accounts().list(after, limit).await
    }

    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError> {
        self.memory.accounts().find_claims(id).await
    }

    async fn change(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        let outcome = self.memory.accounts().change(id, expected, change, event).await?;
        self.keep((outcome == ChangeOutcome::Changed).then(|| event.clone()));
        Ok(outcome)
    }

    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt<'_>,
        now: OffsetDateTime,
        options: &LockoutOptions,
        event: &Event,
    ) -> Result<AttemptOutcome, StoreError> {
        let accounts = self.memory.accounts();
        let user = accounts.find_by_id(id).await?;
        let outcome = accounts
            .settle_attempt(id, expected, attempt, now, options, event)
            .await?;
        let can_be_locked = user.is_some_and(|user| user.lockout_enabled);
        self.keep(event.clone().settled(outcome, can_be_locked));
        Ok(outcome)
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        self.memory.accounts().authenticator_key(id).await
    }

    async fn authenticator_keys(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, String)>, StoreError> {
        self.memory.accounts().authenticator_keys(after, limit).await
    }

    async fn replace_authenticator_key(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError> {
        self.memory.accounts().replace_authenticator_key(id, old, new).await
    }

    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError> {
        self.memory.accounts().recovery_codes(id).await
    }

    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
        event: &Event,
    ) -> Result<RedeemOutcome, StoreError> {
        let accounts = self.memory.accounts();
        let outcome = accounts.redeem_recovery_code(id, expected, code, now, event).await?;
        self.keep(event.clone().redeemed(outcome));
        Ok(outcome)
    }

    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
        event: &Event,
    ) -> Result<Option<String>, StoreError> {
        let accounts = self.memory.accounts();
        let kept = accounts
            .ensure_authenticator_key(id, expected, key, stamp, event)
            .await?;
        self.keep((kept.as_deref() == Some(key)).then(|| event.clone()));
        Ok(kept)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.memory.accounts().ping().await
    }
}
