//! The one connection that writes: SQLite has one writer at a time.
//!
//! Steps take turns on it, each within a savepoint of its own, and those that are waiting when one ends go into the same
//! transaction: one `COMMIT`, which waits for the disk, is for all of them. Nobody is answered before it is durable. If it
//! fails, or an error ends the transaction before, all that were in it fail.

mod group;
mod held;
mod step;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;
use tokio::time::timeout;

use self::group::{Failure, Group, Outcome};
use self::held::Held;
pub(crate) use self::step::Step;
use self::turn::Turn;
use super::elsewhere::elsewhere;
use super::limits::{ACQUIRE_TIMEOUT, ALONE_LIMIT, LONGEST_QUEUE};
use super::link::Link;
use super::opening::Opening;
use super::pace::Pace;
use crate::database_error::DatabaseError;

/// Who writes, and who waits for a turn.
#[derive(Debug)]
pub(crate) struct Writer {
    opening: Opening,
    pace: Arc<Pace>,
    queue: Mutex<Queue>,
}

#[derive(Debug)]
struct Queue {
    /// What goes from turn to turn, while it is nobody's.
    at_rest: Option<Held>,
    /// In the order of arrival.
    waiting: VecDeque<oneshot::Sender<Turn>>,
    /// A step has ended without changes of its own that may have seen those of a group which is yet to be committed: who
    /// waits to hear what becomes of that.
    seen: Option<Vec<oneshot::Sender<Outcome>>>,
    /// The last such group that failed, and when.
    failed: Option<(Instant, Failure)>,
}

impl Writer {
    pub(super) fn new(opening: Opening, pace: Arc<Pace>) -> Arc<Self> {
        Arc::new(Self {
            opening,
            pace,
            queue: Mutex::new(Queue {
                at_rest: Some(Held::default()),
                waiting: VecDeque::new(),
                seen: None,
                failed: None,
            }),
        })
    }

    /// Starts a step.
    pub(super) async fn begin(self: &Arc<Self>) -> Result<Step, DatabaseError> {
        Step::begin(self.turn().await?, Arc::clone(&self.pace)).await
    }

    /// Runs something outside of any transaction, on a thread that may wait. If it fails, that was the connection's end.
    pub(super) async fn alone<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Link) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let turn = self.turn().await?;
        elsewhere(ALONE_LIMIT, move || turn.alone(work)).await?
    }

    /// Waits until what somebody may have seen since then is there to stay.
    pub(super) async fn settled(&self, since: Instant) -> Result<(), DatabaseError> {
        let outcome = {
            let mut queue = self.queue();
            if let Some(waiting) = &mut queue.seen {
                let (sender, outcome) = oneshot::channel();
                waiting.push(sender);
                outcome
            } else {
                return match &queue.failed {
                    Some((at, failure)) if *at >= since => Err(failure.clone().into_error()),
                    _ => Ok(()),
                };
            }
        };
        group::outcome(outcome).await
    }

    /// Ends the connection when nobody writes any more.
    pub(super) async fn close(self: &Arc<Self>) {
        if let Ok(turn) = self.turn().await {
            // What it could not end is ended by who drops it.
            let _ = elsewhere(ALONE_LIMIT, move || turn.close()).await;
        }
    }

    async fn turn(self: &Arc<Self>) -> Result<Turn, DatabaseError> {
        let turn = {
            let mut queue = self.queue();
            if let Some(held) = queue.at_rest.take() {
                return Ok(Turn::new(self, held));
            }
            if queue.waiting.len() >= LONGEST_QUEUE {
                queue.waiting.retain(|waiting| !waiting.is_closed());
            }
            if queue.waiting.len() >= LONGEST_QUEUE {
                return Err(busy());
            }
            let (sender, turn) = oneshot::channel();
            queue.waiting.push_back(sender);
            turn
        };
        match timeout(ACQUIRE_TIMEOUT, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }

    /// Tells all who were in a group, or have seen it, what became of it.
    fn settle(&self, group: Group, outcome: &Outcome) {
        let seen = {
            let mut queue = self.queue();
            let seen = queue.seen.take();
            if let (Some(_), Err(failure)) = (&seen, outcome) {
                queue.failed = Some((Instant::now(), failure.clone()));
            }
            seen.unwrap_or_default()
        };
        for waiting in group.into_steps().into_iter().chain(seen) {
            // Whoever has stopped waiting hears nothing.
            let _ = waiting.send(outcome.clone());
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn busy() -> DatabaseError {
    DatabaseError::Unavailable("too many are waiting to write to the file".into())
}
