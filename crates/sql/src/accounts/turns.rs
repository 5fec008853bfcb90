//! Attempts at one account take turns before they ask for a connection. They would wait for each other at the account's row
//! anyway, and hundreds at once would hold up everybody else with the connections that they wait on.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;
use wicketgate_identity::{StoreError, UserId};

/// Accounts that share one of these wait for each other without need.
const QUEUES: usize = 256;
/// How long an attempt waits before it is told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Who is next, for every account.
#[derive(Debug)]
pub(super) struct Turns {
    queues: Vec<Mutex<()>>,
    /// Nobody outside knows which accounts share a queue.
    hasher: RandomState,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self {
            queues: (0..QUEUES).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }

    /// In the order of arrival. No account, no turn: nothing is waited for there.
    pub(super) async fn wait(&self, id: &UserId) -> Result<Option<MutexGuard<'_, ()>>, StoreError> {
        let number = usize::try_from(self.hasher.hash_one(id)).unwrap_or_default() % QUEUES;
        let queue = self.queues.get(number).filter(|_| !id.as_str().is_empty());
        let Some(queue) = queue else { return Ok(None) };
        match timeout(LONGEST_WAIT, queue.lock()).await {
            Ok(turn) => Ok(Some(turn)),
            Err(_) => Err(StoreError::Unavailable(
                "too many attempts at one account are waiting".into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_has_one_turn_at_a_time_and_nobody_has_none() {
        let turns = Turns::new();
        let (ada, nobody) = (UserId::from_stored("ada"), UserId::from_stored(""));
        let turn = turns.wait(&ada).await.unwrap();
        assert!(turn.is_some());
        let mut next = Box::pin(turns.wait(&ada));
        assert!(futures_util::poll!(&mut next).is_pending());
        drop(turn);
        assert!(next.await.unwrap().is_some());
        assert!(turns.wait(&nobody).await.unwrap().is_none());
    }
}
