//! A store of accounts in which somebody else is always first with some changes.

use time::OffsetDateTime;
use wicketgate_axum::async_trait;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, NormalizedName, SecurityStamp};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{
    Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, NewAccountMail, RedeemOutcome, UserClaims,
};
use wicketgate_identity::{AccountStore, Event, MemoryStore, StoreError, Stores, User, UserId};

/// A [`MemoryStore`] that refuses the changes for which `loses` is true.
#[derive(Debug)]
pub(crate) struct RacingStore {
    store: MemoryStore,
    loses: fn(&Change) -> bool,
}

impl RacingStore {
    pub(crate) fn new(loses: fn(&Change) -> bool) -> Self {
        let store = MemoryStore::new();
        Self { store, loses }
    }

    fn accounts(&self) -> &dyn AccountStore {
        self.store.accounts()
    }
}

#[async_trait]
impl AccountStore for RacingStore {
    async fn change(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        if (self.loses)(change) {
            return Ok(ChangeOutcome::Conflict);
        }
        self.accounts().change(id, expected, change, event).await
    }

    async fn create(
        &self,
        user: &User,
        email: EmailUniqueness,
        mail: Option<&dyn NewAccountMail>,
        event: &Event,
    ) -> Result<CreateOutcome, StoreError> {
        self.accounts().create(user, email, mail, event).await
    }

    async fn delete(&self, id: &UserId, event: &Event) -> Result<bool, StoreError> {
        self.accounts().delete(id, event).await
    }

    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.accounts().find_by_id(id).await
    }

    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.accounts().find_by_normalized_name(name).await
    }

    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.accounts().find_by_normalized_email(email).await
    }

    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError> {
        self.accounts().list(after, limit).await
    }

    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError> {
        self.accounts().find_claims(id).await
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
        let accounts = self.accounts();
        accounts
            .settle_attempt(id, expected, attempt, now, options, event)
            .await
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        self.accounts().authenticator_key(id).await
    }

    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError> {
        self.accounts().recovery_codes(id).await
    }

    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
        event: &Event,
    ) -> Result<RedeemOutcome, StoreError> {
        let accounts = self.accounts();
        accounts.redeem_recovery_code(id, expected, code, now, event).await
    }

    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
        event: &Event,
    ) -> Result<Option<String>, StoreError> {
        let accounts = self.accounts();
        accounts.ensure_authenticator_key(id, expected, key, stamp, event).await
    }

    async fn authenticator_keys(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, String)>, StoreError> {
        self.accounts().authenticator_keys(after, limit).await
    }

    async fn replace_authenticator_key(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError> {
        self.accounts().replace_authenticator_key(id, old, new).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.accounts().ping().await
    }
}
