//! How many connections are served at a time (.NET's `MaxConcurrentConnections`), and what becomes of the others.

use std::{collections::VecDeque, sync::Arc};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
};

/// Connections beyond the limit that may ask for the server's health.
const PROBES: usize = 32;
/// Where nobody set a limit: each connection costs some 10 KiB at least.
const MOST: usize = 10_000;
/// Descriptors for what is no connection of a client: databases, files, mail servers.
const OTHER_DESCRIPTORS: usize = 64;

/// Counts connections.
#[derive(Debug)]
pub(super) struct ConnectionLimit {
    connections: Arc<Semaphore>,
    most_probes: usize,
    /// Those that were accepted beyond the limit, the oldest first; some have ended.
    probes: VecDeque<AbortHandle>,
    is_reached: bool,
}

impl ConnectionLimit {
    /// `descriptors` is how many files and sockets the process may have open, if that is known.
    pub(super) fn new(max_connections: Option<usize>, descriptors: Option<usize>) -> Self {
        let most_probes = descriptors.map_or(PROBES, |descriptors| (descriptors / 8).clamp(1, PROBES));
        let affordable = descriptors.map(|descriptors| {
            let others = OTHER_DESCRIPTORS.min(descriptors / 4);
            descriptors.saturating_sub(others + most_probes).max(1)
        });
        let chosen = max_connections.unwrap_or(MOST);
        let most = affordable.map_or(chosen, |affordable| chosen.min(affordable));
        if max_connections.is_some_and(|chosen| chosen > most) {
            tracing::warn!(
                limit = most,
                "`limits.max_connections` exceeds what the open file limit (ulimit -n) allows"
            );
        }
        Self {
            connections: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            most_probes,
            probes: VecDeque::with_capacity(most_probes),
            is_reached: false,
        }
    }

    /// A place for a new connection; `None` if all are taken.
    pub(super) fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.connections).try_acquire_owned().ok();
        let was_reached = std::mem::replace(&mut self.is_reached, place.is_none());
        if self.is_reached && !was_reached {
            tracing::warn!("connection limit reached (`limits.max_connections`): new connections get 503");
        }
        place
    }

    /// Keeps room for a connection without a place: where there are too many of them, the oldest is closed. A probe asks
    /// at once, so it is the ones that say nothing that are hit.
    pub(super) fn beyond(&mut self, connection: AbortHandle) {
        if self.probes.len() == self.most_probes
            && let Some(oldest) = self.probes.pop_front()
        {
            oldest.abort();
        }
        self.probes.push_back(connection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(max_connections: Option<usize>, descriptors: Option<usize>) -> usize {
        let limit = ConnectionLimit::new(max_connections, descriptors);
        limit.connections.available_permits()
    }

    #[test]
    fn the_limit_leaves_descriptors_for_probes_and_for_all_else() {
        assert_eq!(most(None, Some(1_048_576)), 10_000);
        assert_eq!(most(None, Some(1_024)), 928);
        assert_eq!(most(None, Some(300)), 204);
        assert_eq!(most(None, Some(16)), 10);
        assert_eq!(most(None, Some(0)), 1);
        assert_eq!(most(None, None), 10_000);
        assert_eq!(most(Some(50), Some(1_024)), 50);
        assert_eq!(most(Some(5_000), Some(1_024)), 928);
        assert_eq!(most(Some(50_000), Some(1_048_576)), 50_000);
    }
}
