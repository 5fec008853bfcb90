//! [`PasskeyStore`] on a database.

use std::sync::Arc;

use async_trait::async_trait;
use wicketgate_identity::passkey::{CredentialId, UserPasskey, VerifiedAssertion};
use wicketgate_identity::store::{AddPasskeyOutcome, PasskeyStore};
use wicketgate_identity::{Event, StoreError, UserId};

use super::rows::Step;
use super::{SqlPasskeyStore, document, rows};
use crate::accounts::SqlAccountStore;
use crate::database::Database;

impl<D: Database> SqlPasskeyStore<D> {
    /// Expects the table there.
    pub(crate) fn new(accounts: Arc<SqlAccountStore<D>>) -> Self {
        Self { accounts }
    }

    fn database(&self) -> &D {
        self.accounts.database()
    }
}

#[async_trait]
impl<D: Database> PasskeyStore for SqlPasskeyStore<D> {
    async fn add(
        &self,
        user: &UserId,
        passkey: &UserPasskey,
        limit: usize,
        event: &Event,
    ) -> Result<AddPasskeyOutcome, StoreError> {
        let concurrency_stamp = &self.accounts.new_stamp();
        let event = self.accounts.event(event).await?;
        let step = Step {
            user,
            concurrency_stamp,
            event,
        };
        self.accounts
            .write_to(user, || rows::add(self.database(), step, passkey, limit))
            .await
    }

    async fn find(&self, user: &UserId, id: &CredentialId) -> Result<Option<UserPasskey>, StoreError> {
        self.accounts.run(|| rows::find(self.database(), user, id)).await
    }

    async fn list(&self, user: &UserId) -> Result<Vec<UserPasskey>, StoreError> {
        self.accounts.run(|| rows::list(self.database(), user)).await
    }

    async fn mark_used(
        &self,
        user: &UserId,
        id: &CredentialId,
        expected_sign_count: u32,
        verified: VerifiedAssertion,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let concurrency_stamp = &self.accounts.new_stamp();
        let event = self.accounts.event(event).await?;
        let step = Step {
            user,
            concurrency_stamp,
            event,
        };
        let used = |passkey: &UserPasskey, document: &str| {
            (passkey.sign_count == expected_sign_count).then(|| document::used(document, verified))
        };
        self.accounts
            .write_to(user, || rows::change(self.database(), step, id, used))
            .await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &CredentialId,
        name: Option<&str>,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let concurrency_stamp = &self.accounts.new_stamp();
        let event = self.accounts.event(event).await?;
        let step = Step {
            user,
            concurrency_stamp,
            event,
        };
        let renamed = |_: &UserPasskey, document: &str| Some(document::renamed(document, name));
        self.accounts
            .write_to(user, || rows::change(self.database(), step, id, renamed))
            .await
    }

    async fn remove(&self, user: &UserId, id: &CredentialId, event: &Event) -> Result<bool, StoreError> {
        let concurrency_stamp = &self.accounts.new_stamp();
        let event = self.accounts.event(event).await?;
        let step = Step {
            user,
            concurrency_stamp,
            event,
        };
        self.accounts
            .write_to(user, || rows::remove(self.database(), step, id))
            .await
    }
}
