//! Errors of databases, by what can be done about them.

use std::error::Error;

use wicketgate_identity::StoreError;

/// What the database or its driver said.
pub(crate) type Reason = Box<dyn Error + Send + Sync>;

/// What an error of the server's is taken for.
pub(crate) type Kind = fn(Reason) -> DatabaseError;

/// Why a statement had no answer, in the kinds that lead to different reactions.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    /// A row with that key is there already.
    #[error("{0}")]
    Duplicate(#[source] Reason),
    /// Another transaction got in the way (a deadlock, a failed certification): the same again will do.
    #[error("{0}")]
    Conflict(#[source] Reason),
    /// The connection's memory of the database is out of date: its prepared statements are gone, or would answer in another
    /// form since a migration. Nothing was done; the same on a new connection will do.
    #[error("{0}")]
    Outdated(#[source] Reason),
    /// The database is away, too busy, or refuses to write for now.
    #[error("{0}")]
    Unavailable(#[source] Reason),
    /// Everything else, which the same again will not mend.
    #[error("{0}")]
    Failed(#[source] Reason),
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

impl DatabaseError {
    /// The server gave the statement up, because it waited too long for somebody's lock: it did not happen, and will not.
    /// The connection is as good as before.
    pub(crate) fn given_up(reason: Reason) -> Self {
        Self::Unavailable(Box::new(GivenUp(reason)))
    }

    pub(crate) fn is_given_up(&self) -> bool {
        matches!(self, Self::Unavailable(reason) if reason.is::<GivenUp>())
    }

    /// What kind of error it is, for telling it again.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Duplicate(_) => Self::Duplicate,
            Self::Conflict(_) => Self::Conflict,
            Self::Outdated(_) => Self::Outdated,
            Self::Unavailable(_) => Self::Unavailable,
            Self::Failed(_) => Self::Failed,
        }
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

    /// Puts what sqlx reports in its kind. What the server itself said is left to `of_server`.
    pub(crate) fn from_sqlx(
        error: sqlx::Error,
        of_server: impl FnOnce(&dyn sqlx::error::DatabaseError) -> Kind,
    ) -> Self {
        match error {
            sqlx::Error::Database(error) => of_server(&*error)(Box::new(Said(error))),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // The connection is out of step, as after an answer that was cut off.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Box::new(error)),
            _ => Self::Failed(Box::new(error)),
        }
    }
}

/// The database's own words, without numbers of its errors and lines.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message())]
struct Said(Box<dyn sqlx::error::DatabaseError>);

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            // Whoever comes back in a moment will find less of a crowd.
            DatabaseError::Conflict(source) | DatabaseError::Outdated(source) | DatabaseError::Unavailable(source) => {
                Self::Unavailable(source)
            }
            // Without the database's words: they name the key, which may be somebody's address.
            DatabaseError::Duplicate(_) => Self::Failed("a unique index refused the row".into()),
            DatabaseError::Failed(source) => Self::Failed(source),
        }
    }
}
