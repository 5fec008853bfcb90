//! Requests to the endpoints that are running.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Counts them.
#[derive(Debug)]
pub(crate) struct RunningRequests {
    places: Arc<Semaphore>,
    most: u32,
}

impl RunningRequests {
    pub(crate) fn new(most: usize) -> Self {
        let most = u32::try_from(most.min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX >> 3);
        Self {
            places: Arc::new(Semaphore::new(most as usize)),
            most,
        }
    }

    /// A place for one more request; `None` if all are taken.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    pub(crate) fn count(&self) -> usize {
        (self.most as usize).saturating_sub(self.places.available_permits())
    }

    /// Waits until none are running, and lets no more begin meanwhile.
    pub(crate) async fn finish(&self) {
        // The semaphore is never closed, so that there is no error.
        let _ = self.places.acquire_many(self.most).await;
    }
}
