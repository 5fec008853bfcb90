//! A queue that takes its time.

use tokio::sync::Semaphore;

use super::*;
use crate::mail::{LeasedMail, MailCounts, ProtectedMail, QueuedMail, WaitingMail};
use crate::store::{AccountStore, MailQueue, StoreError};

#[derive(Debug)]
struct SlowStores {
    stores: Arc<dyn Stores>,
    /// How many more lists of mails that are due it hands over.
    lists: Semaphore,
}

impl SlowStores {
    fn of(world: &mut World) -> Arc<Self> {
        let slow = Arc::new(Self {
            stores: world.stores.clone(),
            lists: Semaphore::new(0),
        });
        world.stores = slow.clone();
        slow
    }

    fn queue(&self) -> &dyn MailQueue {
        self.stores.mails().unwrap()
    }
}

impl Stores for SlowStores {
    fn accounts(&self) -> &dyn AccountStore {
        self.stores.accounts()
    }

    fn mails(&self) -> Option<&dyn MailQueue> {
        Some(self)
    }
}

#[async_trait]
impl MailQueue for SlowStores {
    async fn due(
        &self,
        now: OffsetDateTime,
        after: Option<&WaitingMail>,
        limit: usize,
    ) -> Result<Vec<WaitingMail>, StoreError> {
        let due = self.queue().due(now, after, limit).await;
        self.lists.acquire().await.unwrap().forget();
        due
    }

    async fn lease(
        &self,
        seen: &[WaitingMail],
        lease: Uuid,
        until: OffsetDateTime,
    ) -> Result<Vec<LeasedMail>, StoreError> {
        self.queue().lease(seen, lease, until).await
    }

    async fn count_for(&self, recipient: &str) -> Result<u64, StoreError> {
        self.queue().count_for(recipient).await
    }

    async fn add(&self, mail: &QueuedMail) -> Result<(), StoreError> {
        self.queue().add(mail).await
    }

    async fn remove(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        self.queue().remove(ids).await
    }

    async fn try_later(&self, id: Uuid, lease: Uuid, attempts: u32, due: OffsetDateTime) -> Result<(), StoreError> {
        self.queue().try_later(id, lease, attempts, due).await
    }

    async fn release(&self, lease: Uuid, now: OffsetDateTime) -> Result<(), StoreError> {
        self.queue().release(lease, now).await
    }

    async fn counts(&self) -> Result<MailCounts, StoreError> {
        self.queue().counts().await
    }

    async fn count_protected_with(&self, key_id: Uuid) -> Result<u64, StoreError> {
        self.queue().count_protected_with(key_id).await
    }

    async fn protected(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<LeasedMail>, StoreError> {
        self.queue().protected(after, limit).await
    }

    async fn protect_anew(&self, id: Uuid, old: Uuid, new: &ProtectedMail) -> Result<bool, StoreError> {
        self.queue().protect_anew(id, old, new).await
    }
}

#[tokio::test]
async fn who_waits_for_all_mails_waits_for_one_that_came_after_the_list_was_read() {
    let mut world = World::new();
    let slow = SlowStores::of(&mut world);
    let mails = world.mails(Duration::ZERO);
    let worker = world.worker(&mails);
    // The worker has its first list, which is empty, but not in its hands.
    yield_now().await;
    add(&mails, &["a@x"]).await;
    let tried = async {
        worker.finish().await;
        world.server.sent()
    };
    let give_lists = async {
        for _ in 0..100 {
            slow.lists.add_permits(1);
            yield_now().await;
        }
    };
    let (tried, ()) = tokio::join!(tried, give_lists);
    assert_eq!(tried, ["a@x"]);
}
