//! Whether writes work: taken for granted until something fails, then asked of the database until a write succeeds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::sync::Mutex;

use crate::database::Database;
use crate::database_error::{DatabaseError, Kind};

/// What is known of writes to one database.
#[derive(Debug, Default)]
pub(crate) struct WriteCheck {
    /// How often something has failed.
    failures: AtomicU64,
    /// After how many of these a write has succeeded.
    settled: AtomicU64,
    /// Held by who asks, with what was answered last: the others wait for the answer, and do not ask too.
    asking: Mutex<Option<Refusal>>,
}

/// A write did not succeed.
#[derive(Debug)]
struct Refusal {
    known_since: Instant,
    kind: Kind,
    reason: String,
}

impl WriteCheck {
    /// Remembers that something failed which may be the database's, or its disk's, own trouble.
    pub(crate) fn heed<T>(&self, outcome: &Result<T, DatabaseError>) {
        if let Err(DatabaseError::Unavailable(_) | DatabaseError::Failed(_)) = outcome {
            self.failures.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Nothing while nothing has failed. After that, whether a write succeeds.
    pub(crate) async fn check<D: Database>(&self, database: &D) -> Result<(), DatabaseError> {
        self.ask(|| database.try_write()).await
    }

    async fn ask<F, Fut>(&self, write: F) -> Result<(), DatabaseError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<(), DatabaseError>>,
    {
        if self.failures.load(Ordering::Acquire) == self.settled.load(Ordering::Acquire) {
            return Ok(());
        }
        let arrived = Instant::now();
        let mut asking = self.asking.lock().await;
        // One after another, each would wait for as long as all before it.
        if let Some(refusal) = &*asking
            && refusal.known_since > arrived
        {
            return Err((refusal.kind)(refusal.reason.clone().into()));
        }
        // What fails while this is asked is not settled by the answer.
        let failures = self.failures.load(Ordering::Acquire);
        if failures == self.settled.load(Ordering::Acquire) {
            return Ok(());
        }
        let written = write().await;
        match &written {
            Ok(()) => self.settled.store(failures, Ordering::Release),
            Err(error) => {
                *asking = Some(Refusal {
                    known_since: Instant::now(),
                    kind: error.kind(),
                    reason: error.to_string(),
                });
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn nobody_goes_on_while_it_is_asked_and_all_who_wait_get_the_one_answer() {
        let (check, asked, answers) = (WriteCheck::default(), AtomicUsize::new(0), Semaphore::new(0));
        check.heed::<()>(&Err(DatabaseError::Unavailable("no write".into())));
        let ask = |writable| {
            let (asked, answers) = (&asked, &answers);
            check.ask(move || async move {
                asked.fetch_add(1, Ordering::Relaxed);
                answers.acquire().await.unwrap().forget();
                match writable {
                    true => Ok(()),
                    false => Err(DatabaseError::Unavailable("no write yet".into())),
                }
            })
        };
        for (writable, asked_in_all) in [(false, 1), (true, 2)] {
            let mut waiting = Box::pin(join_all((0..50).map(|_| ask(writable))));
            assert!(futures_util::poll!(&mut waiting).is_pending());
            answers.add_permits(1);
            for answer in waiting.await {
                assert_eq!(answer.is_ok(), writable, "{answer:?}");
            }
            assert_eq!(asked.load(Ordering::Relaxed), asked_in_all);
        }
        // Nothing is in doubt any more.
        ask(false).await.unwrap();
    }
}
