//! How long anything is waited for, and how many connections are opened at once.

use std::time::Duration;

/// How many connections may be opened at the same time. A server spends more on letting somebody in than on a statement.
pub(crate) const OPENINGS: usize = 4;
/// How long a request waits for a connection before it is told to come back.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a host may take to let somebody in.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(4);
/// How long a statement may take, a `COMMIT` too. Whether it was carried out is unknown then.
///
/// A server that can gives a statement up itself after four seconds (each kind's `settings`), so that it is known not to
/// happen any more. Only a `COMMIT` has no such limit, and what a server that is frozen or cut off has not begun.
pub(crate) const STATEMENT_LIMIT: Duration = Duration::from_secs(5);
/// How long a statement may take that makes tables, waits for somebody who does, or reads a whole table for an operator.
pub(crate) const LONG_LIMIT: Duration = Duration::from_secs(600);
/// A connection that was idle for longer is asked first whether it still works: the server may have been restarted.
pub(crate) const PING_AFTER: Duration = Duration::from_secs(1);
/// How long the answer to that may take.
pub(crate) const PING_LIMIT: Duration = Duration::from_secs(1);
/// After how many answers that nobody waited for a connection is closed: with each of them the server may keep a prepared
/// statement that the driver does not know of.
pub(crate) const MOST_SKIPPED: u32 = 100;
/// So that a proxy or a server that closes old connections rarely meets one in use.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);
/// A connection that nobody needed for so long is closed, for the sake of others who share the server.
pub(crate) const IDLE_LIMIT: Duration = Duration::from_secs(10 * 60);
