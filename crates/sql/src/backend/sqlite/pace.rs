//! Where a statement runs: on the thread that asks, which takes some microseconds, or on a thread that may wait for a disk.
//!
//! A statement finds nearly all that it needs in memory, and the way to another thread and back costs ten times as much as
//! the statement. But a disk may be slow, or stop answering, and a thread that answers requests must not wait for it: after
//! a statement that took long, the next ones run on other threads, until several in a row were fast again. And one thread is
//! always left that runs no statement, so that a disk that stops from one moment to the next cannot hold them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::elsewhere::elsewhere;
use super::limits::GRACE;
use crate::database_error::DatabaseError;

/// A statement that takes longer is slow.
pub(super) const SLOW: Duration = Duration::from_millis(10);
/// So many must be fast after a slow one.
const FAST_IN_A_ROW: u32 = 16;
/// How often others go first before somebody waits with a timer, which costs more.
const YIELDS: u32 = 3;
/// How fast statements are, and how many run on threads that answer requests.
#[derive(Debug)]
pub(super) struct Pace {
    /// One for each statement that may run on a thread that answers requests at the same time.
    places: Semaphore,
    /// How many fast statements are still to be seen; none while all is well.
    awaited: AtomicU32,
}

impl Pace {
    /// For the runtime that this is called in.
    pub(super) fn new() -> Arc<Self> {
        let workers = Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers());
        Arc::new(Self {
            places: Semaphore::new((workers - 1).max(1)),
            awaited: AtomicU32::new(0),
        })
    }

    /// Runs work on what is `lent`: with `here` on this thread, or if that gives nothing or must not be, with what `there` gives
    /// on another one, for `limit` at most. What is lent comes back when that thread is done; who stops waiting has lost it.
    pub(super) async fn run<L, T, H, W>(
        self: &Arc<Self>,
        lent: &mut Option<L>,
        limit: Duration,
        here: impl FnOnce(&mut L) -> Option<T>,
        there: H,
    ) -> Result<T, DatabaseError>
    where
        L: Send + 'static,
        T: Send + 'static,
        H: FnOnce() -> W,
        W: FnOnce(&mut L) -> T + Send + 'static,
    {
        if let Some(_guard) = self.place_here().await {
            let done = here(lent.as_mut().ok_or_else(lost)?);
            if let Some(done) = done {
                return Ok(done);
            }
        }
        let mut taken = lent.take().ok_or_else(lost)?;
        let (pace, work) = (Arc::clone(self), there());
        let running = elsewhere(limit + GRACE, move || {
            let begun = Instant::now();
            let done = work(&mut taken);
            pace.heed(begun.elapsed());
            (taken, done)
        });
        match running.await {
            Ok((back, done)) => {
                *lent = Some(back);
                Ok(done)
            }
            Err(error) => {
                self.heed(limit);
                Err(error)
            }
        }
    }

    /// A place on this thread. Waiting for one takes some microseconds, going elsewhere ten times as long: only a statement
    /// that has become slow keeps others waiting, and then they go.
    async fn place_here(&self) -> Option<Here<'_>> {
        if self.is_slow() {
            return None;
        }
        let mut place = self.places.try_acquire().ok();
        for _ in 0..YIELDS {
            if place.is_some() {
                break;
            }
            yield_now().await;
            place = self.places.try_acquire().ok();
        }
        let place = match place {
            Some(place) => place,
            None => match timeout(SLOW, self.places.acquire()).await {
                Ok(place) => place.ok()?,
                Err(_) => {
                    self.heed(SLOW);
                    return None;
                }
            },
        };
        Some(Here {
            pace: self,
            begun: Instant::now(),
            _place: place,
        })
    }

    pub(super) fn is_slow(&self) -> bool {
        self.awaited.load(Ordering::Acquire) > 0
    }

    fn heed(&self, took: Duration) {
        if took >= SLOW {
            if self.awaited.swap(FAST_IN_A_ROW, Ordering::AcqRel) == 0 {
                tracing::debug!(
                    milliseconds = took.as_millis(),
                    "the database file is slow: statements go to other threads"
                );
            }
        } else if self.is_slow() {
            let one_less = |awaited: u32| awaited.checked_sub(1);
            // What is none already stays so.
            let _ = self.awaited.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less);
        }
    }
}

/// A statement runs on this thread.
struct Here<'a> {
    pace: &'a Pace,
    begun: Instant,
    _place: SemaphorePermit<'a>,
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.pace.heed(self.begun.elapsed());
    }
}

/// The connection is on another thread, or closed.
pub(super) fn lost() -> DatabaseError {
    DatabaseError::Unavailable("the connection met an error before".into())
}

#[cfg(test)]
mod tests {
    use std::thread;

    use tempfile::TempDir;

    use super::*;
    use crate::backend::sqlite::SqliteDatabase;
    use crate::database::{Connection, Database, Purpose, Row};
    use crate::statement::{Statement, statement, values};

    /// Counts so far, which takes about a second for ten million.
    const COUNT_TO: Statement = statement!(
        r#"WITH RECURSIVE numbers (number) AS
            (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $1)
        SELECT COUNT(*) AS "Count" FROM numbers"#,
        [Integer]
    );

    async fn open(folder: &TempDir) -> SqliteDatabase {
        let url = format!("sqlite://{}/app.db", folder.path().display());
        SqliteDatabase::open(&url.as_str().into(), Purpose::Use).await.unwrap()
    }

    #[tokio::test]
    async fn a_slow_read_goes_to_another_thread_until_enough_were_fast() {
        let folder = TempDir::new().unwrap();
        let database = open(&folder).await;
        let pace = database.readers.pace();
        let mut reader = database.reader().await.unwrap();
        let row = reader
            .fetch_optional(COUNT_TO, values![1_000_000])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.integer("Count").unwrap(), Some(1_000_000));
        assert!(pace.is_slow());
        // Others may have more to do at the same time.
        for _ in 0..1_000 {
            reader.fetch_optional(COUNT_TO, values![1]).await.unwrap();
            if !pace.is_slow() {
                return;
            }
        }
        panic!("it is still slow");
    }

    #[tokio::test]
    async fn a_statement_has_an_end() {
        let folder = TempDir::new().unwrap();
        let database = open(&folder).await;
        let mut reader = database.reader().await.unwrap();
        let mut writer = database.begin().await.unwrap();
        reader.set_limit(Duration::from_millis(30));
        writer.set_limit(Duration::from_millis(30));
        let forever = values![i64::MAX];
        for refused in [
            reader.fetch_optional(COUNT_TO, forever).await,
            writer.fetch_optional(COUNT_TO, forever).await,
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error, DatabaseError::Unavailable(_)), "{error}");
            assert_eq!(error.to_string(), "the statement took too long");
        }
        reader.fetch_optional(COUNT_TO, values![1]).await.unwrap();
    }

    #[tokio::test]
    async fn a_statement_waits_for_a_place_here_but_not_for_a_slow_one() {
        let pace = Pace::new();
        let here = thread::current().id();
        let ran_on = async || {
            let on_this_thread = |(): &mut ()| Some(thread::current().id());
            let on_another = || |(): &mut ()| thread::current().id();
            let limit = Duration::from_secs(60);
            pace.run(&mut Some(()), limit, on_this_thread, on_another)
                .await
                .unwrap()
        };
        let place = pace.place_here().await.unwrap();
        let (waited, ()) = tokio::join!(ran_on(), async { drop(place) });
        assert_eq!(waited, here);

        let stuck = pace.place_here().await.unwrap();
        assert_ne!(ran_on().await, here);
        assert!(pace.is_slow(), "the next ones do not wait");
        drop(stuck);
    }

    #[test]
    fn one_thread_is_left_that_runs_no_statement() {
        for (workers, most) in [(1, 1), (2, 1), (4, 3)] {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(workers)
                .build();
            let pace = runtime.unwrap().block_on(async { Pace::new() });
            assert_eq!(pace.places.available_permits(), most);
        }
    }
}
