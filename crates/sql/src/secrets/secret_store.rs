//! [`SecretStore`] on a database.

use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::StoreError;
use wicketgate_identity::secret::{IssuedSecret, Redemption};
use wicketgate_identity::store::SecretStore;

use super::{SqlSecretStore, rows};
use crate::accounts::SqlAccountStore;
use crate::database::Database;

impl<D: Database> SqlSecretStore<D> {
    /// Expects the table there.
    pub(crate) fn new(accounts: Arc<SqlAccountStore<D>>) -> Self {
        Self { accounts }
    }
}

#[async_trait]
impl<D: Database> SecretStore for SqlSecretStore<D> {
    async fn issue(&self, secret: &IssuedSecret) -> Result<(), StoreError> {
        let database = self.accounts.database();
        self.accounts.run(|| rows::issue(database, secret)).await
    }

    async fn redeem(&self, redemption: &Redemption) -> Result<Option<String>, StoreError> {
        let database = self.accounts.database();
        self.accounts.run(|| rows::redeem(database, redemption)).await
    }

    async fn remove_expired(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError> {
        let database = self.accounts.database();
        self.accounts
            .run(|| rows::remove_expired(database, before, limit))
            .await
    }
}
