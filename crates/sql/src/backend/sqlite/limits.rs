//! How long anything is waited for.

use std::time::Duration;

/// How long somebody waits for a connection before being told to come back.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many wait for their turn to write.
pub(super) const LONGEST_QUEUE: usize = 2_048;
/// How long another process is waited for that is writing.
pub(super) const BUSY_PATIENCE: Duration = Duration::from_secs(5);
/// How long a statement of a request may take.
pub(super) const STATEMENT_LIMIT: Duration = Duration::from_secs(5);
/// How long a statement may take that makes tables, or reads a whole table for an operator.
pub(super) const LONG_LIMIT: Duration = Duration::from_secs(600);
/// For how much longer the thread is waited for on which a statement runs: a disk that does not answer holds it in the system,
/// where SQLite does not look at the clock.
pub(super) const GRACE: Duration = Duration::from_secs(1);
/// How long is waited for what runs outside of any transaction, and may wait for another process several times.
pub(super) const ALONE_LIMIT: Duration = Duration::from_secs(20);
/// How long a `COMMIT` is waited for. Whether it was carried out is unknown then.
pub(super) const COMMIT_LIMIT: Duration = Duration::from_secs(10);

/// The pauses between two attempts to get a lock that another process has: each twice as long as the one before.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(1);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_millis(50);
