//! What PostgreSQL's failures mean: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use sqlx::error::DatabaseError as ServerError;

use crate::database_error::{DatabaseError, Reason};

pub(super) fn database_error(error: sqlx::Error) -> DatabaseError {
    DatabaseError::from_sqlx(error, kind)
}

fn kind(error: &dyn ServerError) -> fn(Reason) -> DatabaseError {
    match error.code().as_deref().unwrap_or_default() {
        UNIQUE_VIOLATION => DatabaseError::Duplicate,
        SERIALIZATION_FAILURE | DEADLOCK_DETECTED | LOCK_NOT_AVAILABLE => DatabaseError::Conflict,
        READ_ONLY_SQL_TRANSACTION | QUERY_CANCELED => DatabaseError::Unavailable,
        code if AWAY.iter().any(|class| code.starts_with(class)) => DatabaseError::Unavailable,
        _ => DatabaseError::Failed,
    }
}

const UNIQUE_VIOLATION: &str = "23505";
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK_DETECTED: &str = "40P01";
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// A standby, or a primary that was demoted.
const READ_ONLY_SQL_TRANSACTION: &str = "25006";
const QUERY_CANCELED: &str = "57014";
/// Connections that fail, resources that ran out, a server that is shutting down or starting, failing disks.
const AWAY: [&str; 4] = ["08", "53", "57P", "58"];
