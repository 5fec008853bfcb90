//! Those who write to one account take turns before they ask for a connection. They would wait for each other at the
//! account's row anyway, and while somebody else has locked that row, they would hold up everybody with the connections that
//! they wait on. So do those who want one name or address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use wicketgate_identity::StoreError;

/// How many stand in one queue, whoever is at its head included. They take a second where the database is near.
const LONGEST_QUEUE: usize = 256;
/// How long somebody waits before being told to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A queue for every account, or every address, that somebody writes to now.
#[derive(Debug, Default)]
pub(super) struct Turns {
    queues: Mutex<HashMap<String, Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    head: Arc<tokio::sync::Mutex<()>>,
    length: usize,
}

/// Nobody else has one for the same key, until this is dropped.
pub(super) struct Turn<'a> {
    // Before the place: who comes next must find the queue.
    _head: OwnedMutexGuard<()>,
    _place: PlaceInQueue<'a>,
}

impl Turns {
    /// In the order of arrival. No key, no turn: nothing is waited for there.
    pub(super) async fn wait(&self, key: &str) -> Result<Option<Turn<'_>>, StoreError> {
        if key.is_empty() {
            return Ok(None);
        }
        let (head, place) = self.stand_in_line(key).ok_or_else(crowded)?;
        let head = timeout(LONGEST_WAIT, head.lock_owned()).await;
        Ok(Some(Turn {
            _head: head.map_err(|_| crowded())?,
            _place: place,
        }))
    }

    fn stand_in_line(&self, key: &str) -> Option<(Arc<tokio::sync::Mutex<()>>, PlaceInQueue<'_>)> {
        let mut queues = self.queues();
        let queue = queues.entry(key.to_owned()).or_default();
        if queue.length >= LONGEST_QUEUE {
            return None;
        }
        queue.length += 1;
        let place = PlaceInQueue {
            turns: self,
            key: key.to_owned(),
        };
        Some((Arc::clone(&queue.head), place))
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct PlaceInQueue<'a> {
    turns: &'a Turns,
    key: String,
}

/// The last one takes the queue away.
impl Drop for PlaceInQueue<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        if let Some(queue) = queues.get_mut(&self.key) {
            queue.length -= 1;
            if queue.length == 0 {
                queues.remove(&self.key);
            }
        }
    }
}

fn crowded() -> StoreError {
    StoreError::Unavailable("too many are waiting to write to one account".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_has_one_turn_at_a_time_and_nobody_has_none() {
        let turns = Turns::default();
        let turn = turns.wait("ada").await.unwrap();
        assert!(turn.is_some());
        let mut next = Box::pin(turns.wait("ada"));
        assert!(futures_util::poll!(&mut next).is_pending());
        assert!(turns.wait("bob").await.unwrap().is_some());
        drop(turn);
        assert!(next.await.unwrap().is_some());
        assert!(turns.wait("").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_queue_has_an_end_and_goes_with_the_last_one_in_it() {
        let turns = Turns::default();
        let mut queue: Vec<_> = (0..LONGEST_QUEUE).map(|_| Box::pin(turns.wait("ada"))).collect();
        let turn = (&mut queue[0]).await.unwrap();
        for waiting in &mut queue[1..] {
            assert!(futures_util::poll!(waiting).is_pending());
        }
        assert!(matches!(turns.wait("ada").await, Err(StoreError::Unavailable(_))));
        // Who goes away makes room.
        queue.pop();
        let mut last = Box::pin(turns.wait("ada"));
        assert!(futures_util::poll!(&mut last).is_pending());
        drop((turn, queue));
        assert!(last.await.unwrap().is_some());
        drop(turns.wait("bob").await.unwrap());
        assert!(turns.queues().is_empty());
    }
}
