//! What PostgreSQL's failures mean: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

#[cfg(test)]
mod tests;

use sqlx::error::DatabaseError as ServerError;

use crate::database_error::{DatabaseError, Kind, Reason};

pub(super) fn database_error(error: sqlx::Error) -> DatabaseError {
    DatabaseError::from_sqlx(error, kind)
}

/// What was said of this statement. Where a right is missing, PostgreSQL names the table, and not the right.
pub(super) fn error_of(statement: &str, error: sqlx::Error) -> DatabaseError {
    const DENIED: &str = "42501";
    let is_denied = matches!(&error, sqlx::Error::Database(error) if error.code().as_deref() == Some(DENIED));
    match database_error(error) {
        DatabaseError::Failed(reason) if is_denied => {
            DatabaseError::Failed(format!("{reason} ({} is needed)", right(statement)).into())
        }
        error => error,
    }
}

/// The right that a statement needs on the table that it is about.
fn right(statement: &str) -> &str {
    let word = statement.split_whitespace().next().unwrap_or_default();
    match word {
        // Who locks rows must be able to change them.
        "SELECT" if statement.contains(" FOR ") => "SELECT and UPDATE",
        word => word,
    }
}

pub(super) fn kind(error: &dyn ServerError) -> Kind {
    let code = error.code();
    let code = code.as_deref().unwrap_or_default();
    if error.message().starts_with("unsupported startup parameter") {
        return startup_parameter_refused;
    }
    let row = ERRORS.iter().find(|(begin, _)| code.starts_with(begin));
    row.map_or(DatabaseError::Failed, |(_, kind)| *kind)
}

/// Another server process answers than the one that prepared it.
fn prepared_statement_lost(reason: Reason) -> DatabaseError {
    DatabaseError::Outdated(
        format!("{reason}; behind a pooler in transaction mode, set database.pooler = \"transaction\"").into(),
    )
}

/// PgBouncer says so of what the URL sets for a session.
fn startup_parameter_refused(reason: Reason) -> DatabaseError {
    DatabaseError::Failed(
        format!(
            "{reason}; leave `options` and the like out of the database URL (stores.schema names a schema), or let the pooler \
             pass it (PgBouncer's ignore_startup_parameters)"
        )
        .into(),
    )
}

/// Codes, and the letters that all codes of a class begin with. What is not in this table is not mended by waiting.
const ERRORS: &[(&str, Kind)] = &[
    ("08", DatabaseError::Unavailable), // connections that fail; also what poolers say who reach no server
    ("0A000", DatabaseError::Outdated), // a prepared statement would answer in another form than before a migration
    ("23505", DatabaseError::Duplicate), // a unique index, or a primary key
    ("25006", DatabaseError::Unavailable), // read-only: a standby, or a primary that was demoted
    ("25P03", DatabaseError::Unavailable), // longer than idle_in_transaction_session_timeout
    ("25P04", DatabaseError::Unavailable), // longer than transaction_timeout
    ("26000", prepared_statement_lost), // no such prepared statement: somebody discarded it, or another server answers
    ("28", DatabaseError::access_denied), // the user or the password, or not from this host
    ("3D000", DatabaseError::Unavailable), // no such database, as while it is restored
    ("40001", DatabaseError::Conflict), // a transaction could not be isolated from others
    ("40003", DatabaseError::Unavailable), // whether the statement was carried out is unknown
    ("40P01", DatabaseError::Conflict), // a deadlock
    ("42P05", prepared_statement_lost), // there is such a prepared statement already: another server answers
    ("530", DatabaseError::Unavailable), // not enough of something
    ("531", DatabaseError::Unavailable), // no room on the disk
    ("532", DatabaseError::Unavailable), // no memory
    ("53300", DatabaseError::too_many_connections), // of the server, the database or the user
    ("534", DatabaseError::Unavailable), // a limit of the configuration
    ("55000", DatabaseError::Unavailable), // the database lets nobody in for now
    ("55006", DatabaseError::Unavailable), // somebody has the database for themselves
    ("55P03", DatabaseError::Conflict), // a lock was not given in time
    ("57014", DatabaseError::given_up), // longer than statement_timeout, or cancelled by an administrator
    ("57P", DatabaseError::Unavailable), // shutting down, crashed, starting; ended by an administrator
    ("58", DatabaseError::Unavailable), // the system's own errors, as of a disk
    ("72000", DatabaseError::Conflict), // the snapshot is too old
];
