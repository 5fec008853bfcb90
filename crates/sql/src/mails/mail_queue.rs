//! [`MailQueue`] on a database.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;
use wicketgate_identity::StoreError;
use wicketgate_identity::mail::{LeasedMail, MailCounts, ProtectedMail, QueuedMail, WaitingMail};
use wicketgate_identity::store::MailQueue;

use super::{SqlMailQueue, rows};
use crate::accounts::SqlAccountStore;
use crate::database::Database;
use crate::database_error::DatabaseError;

impl<D: Database> SqlMailQueue<D> {
    /// Expects the table there.
    pub(crate) fn new(accounts: Arc<SqlAccountStore<D>>) -> Self {
        Self { accounts }
    }

    async fn run<'a, T, F, Fut>(&'a self, mut step: F) -> Result<T, StoreError>
    where
        F: FnMut(&'a D) -> Fut + Send,
        Fut: Future<Output = Result<T, DatabaseError>> + Send,
        T: Send,
    {
        let database = self.accounts.database();
        self.accounts.run(|| step(database)).await
    }
}

#[async_trait]
impl<D: Database> MailQueue for SqlMailQueue<D> {
    async fn count_for(&self, recipient: &str) -> Result<u64, StoreError> {
        self.run(|database| rows::count_for(database, recipient)).await
    }

    async fn add(&self, mail: &QueuedMail) -> Result<(), StoreError> {
        self.run(|database| rows::add(database, mail)).await
    }

    async fn due(
        &self,
        now: OffsetDateTime,
        after: Option<&WaitingMail>,
        limit: usize,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        self.run(|database| rows::due(database, now, after, limit)).await
    }

    async fn lease(
        &self,
        seen: &[WaitingMail],
        lease: Uuid,
        until: OffsetDateTime,
    ) -> Result<Vec<LeasedMail>, StoreError> {
        self.run(|database| rows::lease(database, seen, lease, until)).await
    }

    async fn remove(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        self.run(|database| rows::remove(database, ids)).await
    }

    async fn try_later(&self, id: Uuid, lease: Uuid, attempts: u32, due: OffsetDateTime) -> Result<(), StoreError> {
        self.run(|database| rows::try_later(database, id, lease, attempts, due))
            .await
    }

    async fn release(&self, lease: Uuid, now: OffsetDateTime) -> Result<(), StoreError> {
        self.run(|database| rows::release(database, lease, now)).await
    }

    async fn counts(&self) -> Result<MailCounts, StoreError> {
        self.run(|database| rows::counts(database)).await
    }

    async fn count_protected_with(&self, key_id: Uuid) -> Result<u64, StoreError> {
        self.run(|database| rows::count_protected_with(database, key_id)).await
    }

    async fn protected(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<LeasedMail>, StoreError> {
        self.run(|database| rows::protected(database, after, limit)).await
    }

    async fn protect_anew(&self, id: Uuid, old: Uuid, new: &ProtectedMail) -> Result<bool, StoreError> {
        self.run(|database| rows::protect_anew(database, id, old, new)).await
    }
}
