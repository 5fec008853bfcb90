//! How many connections to a server there are, and how long they are waited for.

use std::time::Duration;

/// Enough for some thousand requests a second, few enough for many instances on a server with a hundred connections.
pub(crate) const CONNECTIONS: u32 = 10;
/// How long a request waits for a connection before it is told to come back.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was idle for longer is asked first whether it still works: the server may have been restarted.
pub(crate) const PING_AFTER: Duration = Duration::from_secs(1);
