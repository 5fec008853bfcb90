//! [`SessionStore`] on a database.

use std::sync::Arc;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::session::{Rotation, SeenDevice, Session, SessionId, SignInMethod};
use wicketgate_identity::store::{EndSessions, Presented, SessionStore};
use wicketgate_identity::{Event, StoreError, UserId};

use super::add::add;
use super::{SqlSessionStore, refresh, rows};
use crate::accounts::SqlAccountStore;
use crate::database::Database;

impl<D: Database> SqlSessionStore<D> {
    /// Expects the table there.
    pub(crate) fn new(accounts: Arc<SqlAccountStore<D>>) -> Self {
        Self { accounts }
    }

    fn database(&self) -> &D {
        self.accounts.database()
    }
}

#[async_trait]
impl<D: Database> SessionStore for SqlSessionStore<D> {
    async fn add(&self, session: &Session, most: usize) -> Result<bool, StoreError> {
        let add = || add(self.database(), session, most);
        self.accounts.write_to(&session.user, add).await
    }

    async fn find(&self, id: &SessionId, user: &UserId) -> Result<Option<Session>, StoreError> {
        self.accounts.run(|| rows::find(self.database(), id, user)).await
    }

    async fn list(&self, user: &UserId, limit: usize) -> Result<Vec<Session>, StoreError> {
        self.accounts.run(|| rows::list(self.database(), user, limit)).await
    }

    async fn end(&self, user: &UserId, which: EndSessions<'_>, event: &Event) -> Result<u64, StoreError> {
        let step = self.accounts.event(event).await?;
        self.accounts
            .run(|| rows::end(self.database(), user, which, step))
            .await
    }

    async fn rotate(
        &self,
        id: &SessionId,
        user: &UserId,
        presented: Presented,
        event: &Event,
    ) -> Result<Rotation, StoreError> {
        let step = self.accounts.event(event).await?;
        self.accounts
            .run(|| refresh::rotate(self.database(), id, user, presented, step))
            .await
    }

    async fn devices(&self, user: &UserId, limit: usize) -> Result<Vec<SeenDevice>, StoreError> {
        self.accounts.run(|| rows::devices(self.database(), user, limit)).await
    }

    async fn mark_seen(&self, id: &SessionId, at: OffsetDateTime) -> Result<(), StoreError> {
        self.accounts.run(|| rows::mark_seen(self.database(), id, at)).await
    }

    async fn mark_authenticated(
        &self,
        id: &SessionId,
        user: &UserId,
        methods: &[SignInMethod],
        at: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        self.accounts
            .run(|| rows::mark_authenticated(self.database(), id, user, methods, at))
            .await
    }

    async fn remove_unseen(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError> {
        self.accounts
            .run(|| rows::remove_unseen(self.database(), before, limit))
            .await
    }
}
