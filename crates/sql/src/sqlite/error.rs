//! What SQLite's failures mean to the callers.

use wicketgate_identity::StoreError;

/// Primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const NOMEM: i32 = 7;
    pub(super) const READONLY: i32 = 8;
    pub(super) const INTERRUPT: i32 = 9;
    pub(super) const IOERR: i32 = 10;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const PROTOCOL: i32 = 15;
}

/// Locked, full, unreadable and the like may pass; everything else will not.
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    let may_pass = match primary_code(&error) {
        Some(code) => matches!(
            code,
            code::BUSY
                | code::LOCKED
                | code::NOMEM
                | code::READONLY
                | code::INTERRUPT
                | code::IOERR
                | code::FULL
                | code::CANTOPEN
                | code::PROTOCOL
        ),
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
        ),
    };
    match may_pass {
        true => StoreError::Unavailable(Box::new(error)),
        false => StoreError::Failed(Box::new(error)),
    }
}

/// Another connection holds a lock.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(primary_code(error), Some(code::BUSY | code::LOCKED))
}

/// SQLite's own words, in one line.
pub(super) fn reason(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    }
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
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
        assert!(matches!(store_error(error), StoreError::Unavailable(_)));
    }

    #[tokio::test]
    async fn a_wrong_statement_has_failed() {
        let folder = TempDir::new().unwrap();
        let error = failure(&mut connect(&folder).await, "SELECT a FROM t").await;
        assert!(!is_busy(&error));
        assert_eq!(reason(&error), "no such table: t");
        assert!(matches!(store_error(error), StoreError::Failed(_)));
    }

    #[test]
    fn having_no_connection_left_is_unavailable() {
        assert!(matches!(
            store_error(sqlx::Error::PoolTimedOut),
            StoreError::Unavailable(_)
        ));
    }
}
