//! Connections that read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::elsewhere::elsewhere;
use super::error::{database_error, is_busy, is_interrupted, leaves_doubt};
use super::limits::{ACQUIRE_TIMEOUT, BUSY_PATIENCE, FIRST_PAUSE, LONGEST_PAUSE, STATEMENT_LIMIT};
use super::link::Link;
use super::opening::Opening;
use super::pace::{Pace, SLOW, lost};
use super::query::{Answer, Query};
use crate::database_error::DatabaseError;

/// SQLite reads in parallel with one writer. More than read at a time while all is in memory, for the sake of slow disks.
pub(super) const READERS: usize = 4;

/// Up to [`READERS`] connections, each opened when it is needed first.
#[derive(Debug)]
pub(super) struct Readers {
    opening: Opening,
    pace: Arc<Pace>,
    idle: Mutex<Vec<Link>>,
    places: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(opening: Opening, pace: Arc<Pace>) -> Arc<Self> {
        Arc::new(Self {
            opening,
            pace,
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(READERS)),
        })
    }

    pub(super) async fn acquire(self: &Arc<Self>) -> Result<Reader, DatabaseError> {
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => match timeout(ACQUIRE_TIMEOUT, Arc::clone(&self.places).acquire_owned()).await {
                Ok(Ok(place)) => place,
                Ok(Err(_)) | Err(_) => {
                    return Err(DatabaseError::Unavailable(
                        "all connections to the file are in use".into(),
                    ));
                }
            },
        };
        let idle = self.idle().pop();
        let lent = match idle {
            Some(link) => self.lend(link, place),
            None => {
                let readers = Arc::clone(self);
                let open = move || readers.opening.open().map(|link| readers.lend(link, place));
                elsewhere(ACQUIRE_TIMEOUT, open).await??
            }
        };
        Ok(Reader {
            lent: Some(lent),
            pace: Arc::clone(&self.pace),
            limit: STATEMENT_LIMIT,
        })
    }

    #[cfg(test)]
    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Closes those that nobody uses.
    pub(super) fn close_idle(&self) {
        self.idle().clear();
    }

    fn lend(self: &Arc<Self>, link: Link, place: OwnedSemaphorePermit) -> Lent {
        Lent {
            link: Some(link),
            readers: Arc::clone(self),
            _place: place,
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Link>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is somebody's until it is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    /// `None` while it is on another thread, or lost there.
    lent: Option<Lent>,
    pace: Arc<Pace>,
    limit: Duration,
}

impl Reader {
    /// From now on each statement may take so long.
    pub(super) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// A locked file is asked again.
    pub(super) async fn run(&mut self, query: &Query<'_>) -> Result<Answer, DatabaseError> {
        let (mut first_refusal, mut pause) = (None, FIRST_PAUSE);
        loop {
            match self.try_run(query).await? {
                Ok(answer) => return Ok(answer),
                Err(error)
                    if is_busy(&error) && first_refusal.get_or_insert_with(Instant::now).elapsed() < BUSY_PATIENCE =>
                {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(database_error(error)),
            }
        }
    }

    async fn try_run(&mut self, query: &Query<'_>) -> Result<rusqlite::Result<Answer>, DatabaseError> {
        let limit = self.limit;
        let here = |lent: &mut Lent| {
            let answer = lent.run(query, SLOW.min(limit));
            // What takes long is begun anew, where it may.
            let is_given_up = limit > SLOW && matches!(&answer, Ok(Err(error)) if is_interrupted(error));
            (!is_given_up).then_some(answer)
        };
        let there = || {
            let query = query.to_owned();
            move |lent: &mut Lent| lent.run(&query, limit)
        };
        self.pace.run(&mut self.lent, limit, here, there).await?
    }
}

/// A connection with its place among the readers.
#[derive(Debug)]
struct Lent {
    /// There until this is dropped, unless it met an error that may have broken it.
    link: Option<Link>,
    readers: Arc<Readers>,
    _place: OwnedSemaphorePermit,
}

impl Lent {
    fn run(&mut self, query: &Query<'_>, limit: Duration) -> Result<rusqlite::Result<Answer>, DatabaseError> {
        let link = self.link.as_mut().ok_or_else(lost)?;
        let answer = link.run(query, limit);
        if let Err(error) = &answer
            && leaves_doubt(error, link.is_in_transaction())
        {
            self.link = None;
        }
        Ok(answer)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            self.readers.idle().push(link);
        }
    }
}
