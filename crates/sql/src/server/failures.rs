//! Failures that only servers have, and after which something else is done than to wait.

use crate::database_error::{DatabaseError, Reason};

impl DatabaseError {
    /// The server gave the statement up, because it waited too long for somebody's lock: it did not happen, and will not.
    /// The connection is as good as before.
    pub(crate) fn given_up(reason: Reason) -> Self {
        Self::Unavailable(Box::new(GivenUp(reason)))
    }

    pub(crate) fn is_given_up(&self) -> bool {
        matches!(self, Self::Unavailable(reason) if reason.is::<GivenUp>())
    }

    /// There is no room for one more connection. That passes, and those that are open go on.
    pub(crate) fn too_many_connections(reason: Reason) -> Self {
        Self::Unavailable(Box::new(TooManyConnections(reason)))
    }

    /// Whether there may be room for one more connection in a moment.
    pub(crate) fn is_too_many_connections(&self) -> bool {
        matches!(self, Self::Unavailable(reason) if reason.is::<TooManyConnections>())
    }

    /// The server does not let the user in. That passes: a password was changed, and the new one is on its way here.
    pub(crate) fn access_denied(reason: Reason) -> Self {
        Self::Unavailable(Box::new(AccessDenied(reason)))
    }

    /// Whether another user or password might do.
    pub(crate) fn is_access_denied(&self) -> bool {
        matches!(self, Self::Unavailable(reason) if reason.is::<AccessDenied>())
    }
}

/// The server did not let the user in.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct AccessDenied(#[source] Reason);

/// The server gave a statement up by itself.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct GivenUp(#[source] Reason);

/// The server lets nobody in for now because there are too many connections to it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct TooManyConnections(#[source] Reason);
