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

impl DatabaseError {
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

    /// Puts what sqlx reports in its kind. What the server itself said is left to `of_server`.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
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
#[cfg(any(feature = "mysql", feature = "postgres"))]
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
