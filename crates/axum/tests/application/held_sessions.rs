//! Sessions in memory that a test holds up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use time::OffsetDateTime;
use tokio::sync::Semaphore;
use wicketgate_axum::{MemoryStore, async_trait};
use wicketgate_identity::Event;
use wicketgate_identity::account::UserId;
use wicketgate_identity::session::{Rotation, SeenDevice, Session, SessionId, SignInMethod};
use wicketgate_identity::store::{AccountStore, EndSessions, Presented, SessionStore, StoreError, Stores};

/// Stores whose reads and ends of sessions can be held up.
#[derive(Debug)]
pub(crate) struct HeldStores {
    memory: MemoryStore,
    /// A permit for each that may pass.
    gate: Semaphore,
    passed: AtomicUsize,
}

const ALL: usize = 1_000;

impl HeldStores {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            memory: MemoryStore::new(),
            gate: Semaphore::new(ALL),
            passed: AtomicUsize::new(0),
        })
    }

    /// Lets so many pass, and holds the others up.
    pub(crate) fn hold_after(&self, number: usize) {
        self.gate.forget_permits(ALL);
        self.gate.add_permits(number);
    }

    /// Lets all pass.
    pub(crate) fn release(&self) {
        self.gate.add_permits(ALL);
    }

    /// How many were carried out.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Relaxed)
    }

    async fn pass(&self) {
        self.gate.acquire().await.unwrap().forget();
        self.passed.fetch_add(1, Relaxed);
    }

    fn kept(&self) -> &dyn SessionStore {
        self.memory.sessions().unwrap()
    }
}

impl Stores for HeldStores {
    fn accounts(&self) -> &dyn AccountStore {
        self.memory.accounts()
    }

    fn sessions(&self) -> Option<&dyn SessionStore> {
        Some(self)
    }
}

#[async_trait]
impl SessionStore for HeldStores {
    async fn find(&self, id: &SessionId, user: &UserId) -> Result<Option<Session>, StoreError> {
        self.pass().await;
        self.kept().find(id, user).await
    }

    async fn end(&self, user: &UserId, which: EndSessions<'_>, event: &Event) -> Result<u64, StoreError> {
        self.pass().await;
        self.kept().end(user, which, event).await
    }

    async fn add(&self, session: &Session, most: usize) -> Result<bool, StoreError> {
        self.kept().add(session, most).await
    }

    async fn list(&self, user: &UserId, limit: usize) -> Result<Vec<Session>, StoreError> {
        self.kept().list(user, limit).await
    }

    async fn rotate(
        &self,
        id: &SessionId,
        user: &UserId,
        presented: Presented,
        event: &Event,
    ) -> Result<Rotation, StoreError> {
        self.kept().rotate(id, user, presented, event).await
    }

    async fn devices(&self, user: &UserId, limit: usize) -> Result<Vec<SeenDevice>, StoreError> {
        self.kept().devices(user, limit).await
    }

    async fn mark_seen(&self, id: &SessionId, at: OffsetDateTime) -> Result<(), StoreError> {
        self.kept().mark_seen(id, at).await
    }

    async fn mark_authenticated(
        &self,
        id: &SessionId,
        user: &UserId,
        methods: &[SignInMethod],
        at: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        self.kept().mark_authenticated(id, user, methods, at).await
    }

    async fn remove_unseen(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError> {
        self.kept().remove_unseen(before, limit).await
    }
}
