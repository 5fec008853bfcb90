//! [`PasskeyStore`] on a database.

use std::sync::Arc;

use async_trait::async_trait;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::passkey::{CredentialId, UserPasskey};
use wicketgate_identity::store::{AddPasskeyOutcome, LastPasskey, PasskeyStore, PasskeyUse, RemovePasskeyOutcome};
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

    async fn step<'a>(&'a self, user: &'a UserId, event: &'a Event) -> Result<Step<'a>, StoreError> {
        Ok(Step {
            user,
            concurrency_stamp: self.accounts.new_stamp(),
            event: self.accounts.event(event).await?,
        })
    }
}

#[async_trait]
impl<D: Database> PasskeyStore for SqlPasskeyStore<D> {
    async fn add(
        &self,
        user: &UserId,
        expected: Option<&SecurityStamp>,
        passkey: &UserPasskey,
        limit: usize,
        event: &Event,
    ) -> Result<AddPasskeyOutcome, StoreError> {
        let step = &self.step(user, event).await?;
        self.accounts
            .write_to(user, || rows::add(self.database(), step, expected, passkey, limit))
            .await
    }

    async fn find(&self, user: &UserId, id: &CredentialId) -> Result<Option<UserPasskey>, StoreError> {
        self.accounts.run(|| rows::find(self.database(), user, id)).await
    }

    async fn list(&self, user: &UserId) -> Result<Vec<UserPasskey>, StoreError> {
        self.accounts.run(|| rows::list(self.database(), user)).await
    }

    async fn mark_used(&self, used: PasskeyUse<'_>, event: &Event) -> Result<bool, StoreError> {
        let step = &self.step(used.user, event).await?;
        self.accounts
            .write_to(used.user, || rows::mark_used(self.database(), step, used))
            .await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &CredentialId,
        name: Option<&str>,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let step = &self.step(user, event).await?;
        let renamed = |_: &UserPasskey, document: &str| Some(document::renamed(document, name));
        self.accounts
            .write_to(user, || rows::change(self.database(), step, id, renamed))
            .await
    }

    async fn remove(
        &self,
        user: &UserId,
        id: &CredentialId,
        last: LastPasskey,
        event: &Event,
    ) -> Result<RemovePasskeyOutcome, StoreError> {
        let step = &self.step(user, event).await?;
        self.accounts
            .write_to(user, || rows::remove(self.database(), step, id, last))
            .await
    }
}
