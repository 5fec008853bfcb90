//! [`LimitStore`] on a database.

use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::StoreError;
use wicketgate_identity::event::microseconds;
use wicketgate_identity::limit::{LimitKey, Quota};
use wicketgate_identity::store::{Booked, LimitStore};

use super::{SqlLimitStore, rows};
use crate::accounts::SqlAccountStore;
use crate::database::Database;

impl<D: Database> SqlLimitStore<D> {
    /// Expects the table there.
    pub(crate) fn new(accounts: Arc<SqlAccountStore<D>>) -> Self {
        Self { accounts }
    }
}

#[async_trait]
impl<D: Database> LimitStore for SqlLimitStore<D> {
    async fn book(&self, key: LimitKey, quota: Quota, now: OffsetDateTime) -> Result<Booked, StoreError> {
        let (database, booking) = (self.accounts.database(), quota.booking(microseconds(now)));
        self.accounts.run(|| rows::book(database, key, booking)).await
    }

    async fn remove_past(
        &self,
        longest: Quota,
        now: OffsetDateTime,
        after: Option<LimitKey>,
        limit: usize,
    ) -> Result<Option<LimitKey>, StoreError> {
        let (database, booking) = (self.accounts.database(), longest.booking(microseconds(now)));
        self.accounts
            .run(|| rows::remove_past(database, booking, after, limit))
            .await
    }
}
