//! Doing a transaction again that another one got in the way of.

use std::future::Future;
use std::time::{Duration, Instant};

use wicketgate_protection::Random;

use crate::database::Database;
use crate::database_error::DatabaseError;

/// How often a transaction is tried before the caller hears of it: with the pauses below, about three seconds.
const ATTEMPTS: u32 = 16;
/// For how long after the first failure, should the attempts themselves be slow.
const PATIENCE: Duration = Duration::from_secs(5);
/// A duplicate was committed by then, so that the next attempt sees it and has an outcome for it. Where it sees nothing,
/// the key is one that no outcome stands for, and stays taken.
const ATTEMPTS_AT_A_DUPLICATE: u32 = 3;
/// The second has a new connection. The others are for migrations that end in between.
const ATTEMPTS_ON_NEW_CONNECTIONS: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The outcome of the first attempt that nobody got in the way of.
///
/// A duplicate is tried again too: it means that another transaction wrote the same key since this one looked, and now
/// there is something to be seen.
///
/// No outcome stands on what another transaction may yet take back: whatever the attempt saw is there to stay.
pub(crate) async fn retrying<D, T, F, Fut>(
    database: &D,
    random: &dyn Random,
    mut attempt: F,
) -> Result<T, DatabaseError>
where
    D: Database,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, DatabaseError>>,
{
    let settled = || {
        let (begun, attempt) = (Instant::now(), attempt());
        async move {
            let outcome = attempt.await;
            database.settled(begun).await?;
            outcome
        }
    };
    retrying_for(PATIENCE, random, settled).await
}

async fn retrying_for<T, F, Fut>(patience: Duration, random: &dyn Random, mut attempt: F) -> Result<T, DatabaseError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, DatabaseError>>,
{
    let mut number = 1;
    let mut first_failure = None;
    loop {
        let outcome = attempt().await;
        let attempts = match &outcome {
            Err(DatabaseError::Conflict(_)) => ATTEMPTS,
            Err(DatabaseError::Duplicate(_)) => ATTEMPTS_AT_A_DUPLICATE,
            Err(DatabaseError::Outdated(_)) => ATTEMPTS_ON_NEW_CONNECTIONS,
            Ok(_) | Err(DatabaseError::Unavailable(_) | DatabaseError::Failed(_)) => return outcome,
        };
        let first_failure = *first_failure.get_or_insert_with(Instant::now);
        if number >= attempts || first_failure.elapsed() > patience {
            return outcome;
        }
        // Without the reason: a database names the key in it, which may be somebody's address.
        tracing::debug!(number, "a transaction is tried again");
        tokio::time::sleep(pause(number, random)).await;
        number += 1;
    }
}

/// Doubles from 2 ms, and is cut by chance so that those who collided do not meet again.
fn pause(number: u32, random: &dyn Random) -> Duration {
    let longest = Duration::from_millis(1 << number.min(16)).min(LONGEST_PAUSE);
    let mut byte = [0];
    random.fill(&mut byte);
    longest * (u32::from(byte[0]) + 1) / 256
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::database_error::Reason;

    /// Gives always the same.
    #[derive(Debug)]
    struct Always(u8);

    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    type Kind = fn(Reason) -> DatabaseError;
    const HOUR: Duration = Duration::from_secs(3600);

    /// What comes of an attempt that fails so often in this way, and how many there were.
    async fn failing(patience: Duration, kind: Kind, failures: u32) -> (Result<u32, DatabaseError>, u32) {
        let attempts = Cell::new(0);
        // The shortest pauses: 16 ms in all.
        let outcome = retrying_for(patience, &Always(0), || async {
            attempts.set(attempts.get() + 1);
            match attempts.get() {
                number if number <= failures => Err(kind("it failed".into())),
                number => Ok(number),
            }
        });
        (outcome.await, attempts.get())
    }

    #[tokio::test]
    async fn what_another_transaction_got_in_the_way_of_is_done_again() {
        let (outcome, attempts) = failing(HOUR, DatabaseError::Conflict, 15).await;
        assert_eq!((outcome.unwrap(), attempts), (16, 16));
        let (outcome, attempts) = failing(HOUR, DatabaseError::Duplicate, 2).await;
        assert_eq!((outcome.unwrap(), attempts), (3, 3));
        let (outcome, attempts) = failing(HOUR, DatabaseError::Outdated, 4).await;
        assert_eq!((outcome.unwrap(), attempts), (5, 5));
    }

    #[tokio::test]
    async fn attempts_come_to_an_end() {
        let (outcome, attempts) = failing(HOUR, DatabaseError::Conflict, 100).await;
        assert!(matches!(outcome, Err(DatabaseError::Conflict(_))));
        assert_eq!(attempts, 16);
        let (outcome, attempts) = failing(HOUR, DatabaseError::Duplicate, 100).await;
        assert!(matches!(outcome, Err(DatabaseError::Duplicate(_))));
        assert_eq!(attempts, 3);
        let (outcome, attempts) = failing(HOUR, DatabaseError::Outdated, 100).await;
        assert!(matches!(outcome, Err(DatabaseError::Outdated(_))));
        assert_eq!(attempts, 5);
    }

    #[tokio::test]
    async fn slow_attempts_end_when_the_callers_patience_does() {
        for kind in [DatabaseError::Conflict as Kind, DatabaseError::Duplicate] {
            let (outcome, attempts) = failing(Duration::ZERO, kind, 1).await;
            assert!(outcome.is_err());
            assert_eq!(attempts, 1);
        }
        // The clock starts with the first failure.
        let (outcome, _) = failing(Duration::ZERO, DatabaseError::Conflict, 0).await;
        assert_eq!(outcome.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_request_waits_for_seconds_not_for_minutes() {
        let outcome = retrying_for(PATIENCE, &Always(0), || async {
            Err::<(), _>(DatabaseError::Conflict("again".into()))
        });
        assert!(matches!(outcome.await, Err(DatabaseError::Conflict(_))));
        assert_eq!(PATIENCE, Duration::from_secs(5));
        let longest: Duration = (1..ATTEMPTS).map(|number| pause(number, &Always(255))).sum();
        assert!(longest > Duration::from_secs(3) && longest < PATIENCE, "{longest:?}");
    }

    #[tokio::test]
    async fn other_failures_are_answered_at_once() {
        for kind in [DatabaseError::Unavailable as Kind, DatabaseError::Failed] {
            let (outcome, attempts) = failing(HOUR, kind, 1).await;
            assert!(outcome.is_err());
            assert_eq!(attempts, 1);
        }
    }

    #[test]
    fn pauses_double_up_to_half_a_second_and_chance_cuts_them() {
        let milliseconds = [2, 4, 8, 16, 32, 64, 128, 256, 500, 500];
        for (number, expected) in (1..).zip(milliseconds) {
            assert_eq!(pause(number, &Always(255)), Duration::from_millis(expected));
            assert_eq!(pause(number, &Always(127)), Duration::from_millis(expected) / 2);
        }
        assert_eq!(pause(u32::MAX, &Always(255)), LONGEST_PAUSE);
        assert_eq!(pause(8, &Always(0)), Duration::from_millis(1));
    }
}
