//! What SQLite's failures mean: <https://www.sqlite.org/rescode.html>.

use rusqlite::Error;

use crate::database_error::{DatabaseError, Kind};

pub(super) fn database_error(error: Error) -> DatabaseError {
    match error {
        error if is_interrupted(&error) => DatabaseError::Unavailable("the statement took too long".into()),
        Error::SqliteFailure(code, Some(message)) => kind(code.extended_code)(message.into()),
        Error::SqliteFailure(code, None) => kind(code.extended_code)(code.to_string().into()),
        error => DatabaseError::Failed(Box::new(error)),
    }
}

/// Locked, full, unreadable and the like may pass; everything else will not.
fn kind(extended: i32) -> Kind {
    if let code::CONSTRAINT_PRIMARYKEY | code::CONSTRAINT_UNIQUE = extended {
        return DatabaseError::Duplicate;
    }
    match extended & 0xff {
        // Prepared again some fifty times, and each time somebody had changed the tables meanwhile.
        code::SCHEMA => DatabaseError::Conflict,
        code::BUSY
        | code::LOCKED
        | code::NOMEM
        | code::READONLY
        | code::INTERRUPT
        | code::IOERR
        | code::FULL
        | code::CANTOPEN
        | code::PROTOCOL => DatabaseError::Unavailable,
        _ => DatabaseError::Failed,
    }
}

/// Whether nobody can know what is left of the connection after this error. SQLite ends the transaction by itself after
/// some of them (`FULL`, `IOERR`, `NOMEM`, `INTERRUPT`, `BUSY`: <https://www.sqlite.org/lang_transaction.html>, section 3),
/// so that all count but those that say what is wrong with the statement alone.
pub(super) fn leaves_doubt(error: &Error, is_in_transaction: bool) -> bool {
    let Some(code) = primary_code(error) else {
        // What the driver says of rows and values is no news of the connection.
        return false;
    };
    match code {
        code::ERROR | code::SCHEMA | code::TOOBIG | code::CONSTRAINT | code::MISMATCH | code::RANGE => false,
        // The statement has not begun, or read without changing anything: somebody else's lock or the clock was in the way.
        code::BUSY | code::LOCKED | code::INTERRUPT => is_in_transaction,
        _ => true,
    }
}

/// Another connection holds a lock.
pub(super) fn is_busy(error: &Error) -> bool {
    matches!(primary_code(error), Some(code::BUSY | code::LOCKED))
}

/// It took longer than it may.
pub(super) fn is_interrupted(error: &Error) -> bool {
    primary_code(error) == Some(code::INTERRUPT)
}

/// A row that others refer to, or that refers to one that is not there, and the like.
pub(super) fn is_constraint(error: &Error) -> bool {
    primary_code(error) == Some(code::CONSTRAINT)
}

fn primary_code(error: &Error) -> Option<i32> {
    let code = error.sqlite_error()?;
    Some(code.extended_code & 0xff)
}

/// Primary result codes, and extended ones of constraints.
mod code {
    pub(super) const ERROR: i32 = 1;
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const NOMEM: i32 = 7;
    pub(super) const READONLY: i32 = 8;
    pub(super) const INTERRUPT: i32 = 9;
    pub(super) const IOERR: i32 = 10;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const PROTOCOL: i32 = 15;
    pub(super) const SCHEMA: i32 = 17;
    pub(super) const TOOBIG: i32 = 18;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const MISMATCH: i32 = 20;
    pub(super) const RANGE: i32 = 25;
    pub(super) const CONSTRAINT_PRIMARYKEY: i32 = 1555;
    pub(super) const CONSTRAINT_UNIQUE: i32 = 2067;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;

    fn connect(folder: &TempDir) -> Connection {
        let connection = Connection::open(folder.path().join("app.db")).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        connection
    }

    fn failure(connection: &Connection, statement: &str) -> Error {
        connection.execute_batch(statement).unwrap_err()
    }

    #[test]
    fn a_locked_database_is_unavailable() {
        let folder = TempDir::new().unwrap();
        let other = connect(&folder);
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let error = failure(&connect(&folder), "CREATE TABLE t (a)");
        assert!(is_busy(&error));
        assert!(!leaves_doubt(&error, false) && leaves_doubt(&error, true));
        assert!(matches!(database_error(error), DatabaseError::Unavailable(_)));
    }

    #[test]
    fn a_wrong_statement_has_failed() {
        let folder = TempDir::new().unwrap();
        let error = failure(&connect(&folder), "SELECT a FROM t");
        assert!(!is_busy(&error));
        let error = database_error(error);
        assert_eq!(error.to_string(), "no such table: t");
        assert!(matches!(error, DatabaseError::Failed(_)));
    }

    #[test]
    fn a_key_that_is_there_already_is_a_duplicate() {
        let folder = TempDir::new().unwrap();
        let connection = connect(&folder);
        let table = "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT UNIQUE); INSERT INTO t VALUES ('1', '2')";
        connection.execute_batch(table).unwrap();
        for insert in ["INSERT INTO t VALUES ('1', '3')", "INSERT INTO t VALUES ('3', '2')"] {
            let error = failure(&connection, insert);
            assert!(is_constraint(&error) && !leaves_doubt(&error, true));
            let error = database_error(error);
            assert!(matches!(error, DatabaseError::Duplicate(_)), "{error}");
        }
    }
}
