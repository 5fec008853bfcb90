//! Writing down when sessions were last used, behind the requests.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;

use super::{Session, SessionId};
use crate::store::Stores;

/// How old what is written may be.
const COARSE: Duration = Duration::MINUTE;
/// How many writes run at once. What finds no room is left to a later request.
const MOST_WRITES: usize = 16;

/// Writes down when sessions were last used. No request waits for it or fails by it.
#[derive(Debug)]
pub(super) struct LastSeen {
    stores: Arc<dyn Stores>,
    running: Arc<Running>,
}

#[derive(Debug, Default)]
struct Running {
    sessions: Mutex<HashSet<SessionId>>,
    ended: Notify,
}

impl LastSeen {
    pub(super) fn new(stores: Arc<dyn Stores>) -> Self {
        Self {
            stores,
            running: Arc::default(),
        }
    }

    /// Notes that the session is used now, if what is written is older than a minute.
    pub(super) fn note(&self, session: &Session, now: OffsetDateTime) {
        if now - session.last_seen < COARSE || !self.running.begin(&session.id) {
            return;
        }
        let (stores, running) = (Arc::clone(&self.stores), Arc::clone(&self.running));
        let write = Write {
            running,
            id: session.id.clone(),
        };
        tokio::spawn(async move {
            if let Some(sessions) = stores.sessions()
                && let Err(error) = sessions.mark_seen(&write.id, now).await
            {
                tracing::debug!(%error, "when a session was last used was not written");
            }
        });
    }

    /// Waits until nothing is being written.
    pub(super) async fn finish(&self) {
        loop {
            let ended = self.running.ended.notified();
            if self.running.sessions().is_empty() {
                return;
            }
            ended.await;
        }
    }
}

impl Running {
    fn begin(&self, id: &SessionId) -> bool {
        let mut sessions = self.sessions();
        sessions.len() < MOST_WRITES && sessions.insert(id.clone())
    }

    fn sessions(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A write that runs.
struct Write {
    running: Arc<Running>,
    id: SessionId,
}

impl Drop for Write {
    fn drop(&mut self) {
        self.running.sessions().remove(&self.id);
        self.running.ended.notify_waiters();
    }
}
