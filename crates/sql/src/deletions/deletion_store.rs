//! [`DeletionStore`] on a database.

use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::account::{Closing, Deletion, DueDeletion, Expected, SecurityStamp};
use wicketgate_identity::store::{ChangeOutcome, DeletionOutcome, DeletionStore};
use wicketgate_identity::{Event, StoreError, UserId};

use super::{SqlDeletionStore, rows};
use crate::accounts::{SqlAccountStore, Target};
use crate::database::Database;

impl<D: Database> SqlDeletionStore<D> {
    /// Expects the table there.
    pub(crate) fn new(accounts: Arc<SqlAccountStore<D>>) -> Self {
        Self { accounts }
    }

    fn database(&self) -> &D {
        self.accounts.database()
    }
}

#[async_trait]
impl<D: Database> DeletionStore for SqlDeletionStore<D> {
    async fn request(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        closing: &Closing,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        let target = Target {
            id,
            expected: Expected::SecurityStamp(expected),
            concurrency_stamp: &self.accounts.new_stamp(),
        };
        let step = self.accounts.event(event).await?;
        self.accounts
            .write_to(id, || rows::request(self.database(), target, closing, step))
            .await
    }

    async fn cancel(&self, id: &UserId, event: &Event) -> Result<ChangeOutcome, StoreError> {
        let target = Target {
            id,
            expected: Expected::Account,
            concurrency_stamp: &self.accounts.new_stamp(),
        };
        let step = self.accounts.event(event).await?;
        self.accounts
            .write_to(id, || rows::cancel(self.database(), target, step))
            .await
    }

    async fn find(&self, id: &UserId) -> Result<Option<Deletion>, StoreError> {
        self.accounts.run(|| rows::find(self.database(), id)).await
    }

    async fn list_due(
        &self,
        now: OffsetDateTime,
        after: Option<&DueDeletion>,
        limit: usize,
    ) -> Result<Vec<DueDeletion>, StoreError> {
        self.accounts
            .run(|| rows::list_due(self.database(), now, after, limit))
            .await
    }

    async fn delete(&self, id: &UserId, now: OffsetDateTime, event: &Event) -> Result<DeletionOutcome, StoreError> {
        let step = self.accounts.event(event).await?;
        self.accounts
            .write_to(id, || rows::delete(self.database(), id, now, step))
            .await
    }
}
