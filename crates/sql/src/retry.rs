//! Doing a transaction again that another one got in the way of.

use std::future::Future;
use std::time::{Duration, Instant};

use wicketgate_protection::Random;

use crate::database_error::DatabaseError;

/// How often a transaction is tried before the caller hears of it: with the pauses below, about three seconds.
const ATTEMPTS: u32 = 16;
/// For how long after the first failure, should the attempts themselves be slow.
const PATIENCE: Duration = Duration::from_secs(5);
/// A duplicate was committed by then, so that the next attempt sees it and has an outcome for it. Where it sees nothing,
/// the key is one that no outcome stands for, and stays taken.
const ATTEMPTS_AT_A_DUPLICATE: u32 = 3;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The outcome of the first attempt that nobody got in the way of.
///
/// A duplicate is tried again too: it means that another transaction wrote the same key since this one looked, and now
/// there is something to be seen.
pub(crate) async fn retrying<T, F, Fut>(random: &dyn Random, mut attempt: F) -> Result<T, DatabaseError>
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
            Ok(_) | Err(DatabaseError::Unavailable(_) | DatabaseError::Failed(_)) => return outcome,
        };
        let first_failure = *first_failure.get_or_insert_with(Instant::now);
        if number >= attempts || first_failure.elapsed() > PATIENCE {
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
