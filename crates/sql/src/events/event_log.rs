//! [`EventLog`] on a database.

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::event::{EventFilter, EventHead, StoredEvent, VerifyReport, microseconds};
use wicketgate_identity::{Event, EventLog, StoreError, UserId};

use super::rows::{NEWEST_SEAL, find_seal};
use super::{SqlEventLog, erase, keys, list, prune, seal, unknown, verify};
use crate::database::{Database, Transaction};

/// Each method lets a neighbouring module do the step.
#[async_trait]
impl<D: Database> EventLog for SqlEventLog<D> {
    async fn add(&self, event: &Event) -> Result<(), StoreError> {
        let step = self.step(event).await?;
        self.retrying(|| async {
            let mut transaction = self.database.begin().await?;
            step.write(&mut transaction).await?;
            transaction.commit().await
        })
        .await
    }

    async fn list(&self, filter: &EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        self.retrying(|| list::list(&*self.database, filter)).await
    }

    async fn newest_of(&self, user: &UserId, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.retrying(|| list::newest_of(&*self.database, user, limit)).await
    }

    async fn seal(&self) -> Result<u64, StoreError> {
        let key = self.key(self.protection()?).await?;
        self.retrying(|| seal::seal(&*self.database, key)).await
    }

    async fn count_unsealed(&self) -> Result<u64, StoreError> {
        self.retrying(|| seal::count_unsealed(&*self.database)).await
    }

    async fn sum_up(&self) -> Result<u64, StoreError> {
        let protection = self.protection()?;
        let key = self.key(protection).await?;
        self.retrying(|| unknown::sum_up(&*self.database, key, protection))
            .await
    }

    async fn erase(&self, user: &UserId) -> Result<u64, StoreError> {
        erase::erase(self, user.as_str()).await
    }

    async fn erase_deleted(&self) -> Result<u64, StoreError> {
        erase::erase_deleted(self).await
    }

    async fn prune(&self, before: OffsetDateTime) -> Result<u64, StoreError> {
        let protection = self.protection()?;
        let key = self.key(protection).await?;
        let keys = keys::all(&*self.database, protection).await?;
        let before = microseconds(before);
        self.retrying(|| prune::prune(&*self.database, key, &keys, before))
            .await
    }

    async fn head(&self) -> Result<Option<EventHead>, StoreError> {
        let find = || async { find_seal(&mut self.database.reader().await?, NEWEST_SEAL, 0).await };
        let newest = self.retrying(find).await?;
        Ok(newest.map(|seal| EventHead {
            number: seal.number.unsigned_abs(),
            hash: seal.hash,
        }))
    }

    async fn verify(&self, expected: Option<&EventHead>) -> Result<VerifyReport, StoreError> {
        verify::verify(self, expected).await
    }

    async fn count_keys_under(&self, ring_key: &str) -> Result<u64, StoreError> {
        let stored = keys::find(&*self.database, self.protection()?).await?;
        let under = stored.iter().filter(|key| key.ring_key == ring_key).count();
        Ok(u64::try_from(under).unwrap_or(u64::MAX))
    }

    async fn reprotect_keys(&self) -> Result<u64, StoreError> {
        keys::reprotect(&*self.database, self.protection()?).await
    }
}
