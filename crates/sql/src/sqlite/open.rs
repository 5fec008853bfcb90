//! Opening a file.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use tokio::time::Instant;

use super::read_only::read_only;
use super::{SqliteDatabase, error, location};
use crate::OpenError;
use crate::database::Purpose;

/// How long a statement waits for another process that is writing.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// SQLite reads in parallel with one writer; each connection has a thread of its own.
const READERS: u32 = 4;

/// Opens the file in `sqlite:PATH` or `sqlite://PATH`. To be used, a missing file is made (only the owner may read it),
/// and its folder too. A plan for a missing file is one for an empty database.
pub(super) async fn open(url: &str, purpose: Purpose) -> Result<SqliteDatabase, OpenError> {
    let path = location::path(url)?;
    let place = path.display().to_string();
    let options = match purpose {
        Purpose::Use => {
            location::create(&path).await?;
            connect_options(&path)
        }
        Purpose::Plan if !location::exists(&path).await? => {
            let nothing = pool(1).connect_lazy_with(SqliteConnectOptions::new().in_memory(true));
            let (writer, readers) = (nothing.clone(), nothing);
            return Ok(SqliteDatabase { writer, readers, place });
        }
        Purpose::Plan => connect_options(&path),
        Purpose::Inspect => read_only(&path)?,
    };
    Ok(SqliteDatabase {
        writer: pool(1).connect_lazy_with(options.clone()),
        readers: pool(READERS).connect_lazy_with(options.pragma("query_only", "ON")),
        place,
    })
}

fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        // There is no network in between on which a connection could be lost.
        .test_before_acquire(false)
}

/// The file remembers this mode. Changing it needs a moment without any other connection, for which SQLite does not
/// always wait by itself.
pub(super) async fn use_write_ahead_log(writer: &SqlitePool) -> sqlx::Result<()> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = wal").fetch_one(writer);
        match mode.await {
            Ok(mode) => {
                if mode != "wal" {
                    tracing::warn!("the database's file system takes no write-ahead log: its journal mode is {mode}");
                }
                return Ok(());
            }
            Err(error) if error::is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    async fn open_new(folder: &TempDir) -> SqliteDatabase {
        let url = format!("sqlite://{}/app.db", folder.path().display());
        let database = open(&url, Purpose::Use).await.unwrap();
        use_write_ahead_log(&database.writer).await.unwrap();
        database
    }

    #[tokio::test]
    async fn a_commit_is_on_the_disk_and_foreign_keys_hold() {
        const FULL: i64 = 2;
        let folder = TempDir::new().unwrap();
        let database = open_new(&folder).await;
        for (pragma, expected) in [("PRAGMA synchronous", FULL), ("PRAGMA foreign_keys", 1)] {
            let value: i64 = sqlx::query_scalar(pragma).fetch_one(&database.writer).await.unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let folder = TempDir::new().unwrap();
        let database = open_new(&folder).await;
        let statement = r#"CREATE TABLE "Orders" ("Id" INTEGER)"#;
        assert!(sqlx::query(statement).execute(&database.readers).await.is_err());
        assert!(sqlx::query(statement).execute(&database.writer).await.is_ok());
    }
}
