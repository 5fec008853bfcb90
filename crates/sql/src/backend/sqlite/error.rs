//! What SQLite's failures mean: <https://www.sqlite.org/rescode.html>.

use sqlx::error::DatabaseError as SqliteError;

use crate::database_error::{DatabaseError, Kind};

pub(super) fn database_error(error: sqlx::Error) -> DatabaseError {
    DatabaseError::from_sqlx(error, kind)
}

/// Locked, full, unreadable and the like may pass; everything else will not.
fn kind(error: &dyn SqliteError) -> Kind {
    let extended = extended_code(error).unwrap_or_default();
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
pub(super) fn leaves_doubt(error: &sqlx::Error, is_in_transaction: bool) -> bool {
    let Some(said) = error.as_database_error() else {
        // What the driver says of rows and values is no news of the connection.
        return !matches!(
            error,
            sqlx::Error::RowNotFound
                | sqlx::Error::ColumnNotFound(_)
                | sqlx::Error::ColumnIndexOutOfBounds { .. }
                | sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::Decode(_)
                | sqlx::Error::Encode(_)
                | sqlx::Error::TypeNotFound { .. }
        );
    };
    match extended_code(said).unwrap_or_default() & 0xff {
        code::ERROR | code::SCHEMA | code::TOOBIG | code::CONSTRAINT | code::MISMATCH | code::RANGE => false,
        // The statement has not begun: somebody else's lock was in the way.
        code::BUSY | code::LOCKED => is_in_transaction,
        _ => true,
    }
}

/// Another connection holds a lock.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(extended_code);
    matches!(code.map(|code| code & 0xff), Some(code::BUSY | code::LOCKED))
}

fn extended_code(error: &dyn SqliteError) -> Option<i32> {
    error.code()?.parse().ok()
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

    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions, SqliteConnection};
    use tempfile::TempDir;

    use super::*;

    async fn connect(folder: &TempDir) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(folder.path().join("app.db"))
            .create_if_missing(true)
            .busy_timeout(Duration::ZERO)
            .connect()
            .await
            .unwrap()
    }

    async fn failure(connection: &mut SqliteConnection, statement: &'static str) -> sqlx::Error {
        sqlx::query(statement).execute(connection).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_locked_database_is_unavailable() {
        let folder = TempDir::new().unwrap();
        let mut other = connect(&folder).await;
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
        let error = failure(&mut connect(&folder).await, "CREATE TABLE t (a)").await;
        assert!(is_busy(&error));
        assert!(matches!(database_error(error), DatabaseError::Unavailable(_)));
    }

    #[tokio::test]
    async fn a_wrong_statement_has_failed() {
        let folder = TempDir::new().unwrap();
        let error = failure(&mut connect(&folder).await, "SELECT a FROM t").await;
        assert!(!is_busy(&error));
        let error = database_error(error);
        assert_eq!(error.to_string(), "no such table: t");
        assert!(matches!(error, DatabaseError::Failed(_)));
    }

    #[tokio::test]
    async fn a_key_that_is_there_already_is_a_duplicate() {
        let folder = TempDir::new().unwrap();
        let mut connection = connect(&folder).await;
        let table = "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT UNIQUE); INSERT INTO t VALUES ('1', '2')";
        sqlx::raw_sql(table).execute(&mut connection).await.unwrap();
        for insert in ["INSERT INTO t VALUES ('1', '3')", "INSERT INTO t VALUES ('3', '2')"] {
            let error = database_error(failure(&mut connection, insert).await);
            assert!(matches!(error, DatabaseError::Duplicate(_)), "{error}");
        }
    }

    #[test]
    fn having_no_connection_left_is_unavailable() {
        assert!(matches!(
            database_error(sqlx::Error::PoolTimedOut),
            DatabaseError::Unavailable(_)
        ));
    }
}
