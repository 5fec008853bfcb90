//! Opening a file.

use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::time::Instant;

use super::file_database::SqliteDatabase;
use super::open_file::OpenFile;
use super::options::{BUSY_TIMEOUT, connect_options};
use super::read_only::read_only;
use super::{error, location};
use crate::database::Purpose;
use crate::open_error::OpenError;

/// How long a request waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// SQLite reads in parallel with one writer; each connection has a thread of its own.
const READERS: u32 = 4;

/// Opens the file in `sqlite:PATH` or `sqlite://PATH`. To be used, a missing file is made (only the owner may read it),
/// and its folder too. A plan for a missing file is one for an empty database.
pub(super) async fn open(url: &str, purpose: Purpose) -> Result<SqliteDatabase, OpenError> {
    let path = location::path(url)?;
    let place = path.display().to_string();
    let (options, file) = match purpose {
        Purpose::Use => {
            location::create(&path).await?;
            (connect_options(&path), Some(Arc::new(OpenFile::at(&path)?)))
        }
        Purpose::Plan if !location::exists(&path).await? => {
            let nothing = pool(1).connect_lazy_with(SqliteConnectOptions::new().in_memory(true));
            return Ok(SqliteDatabase {
                writer: nothing.clone(),
                readers: nothing,
                file: None,
                place,
            });
        }
        Purpose::Plan => (connect_options(&path), None),
        Purpose::Inspect => (read_only(&path)?, None),
    };
    Ok(open_with(options, file, place))
}

/// With one connection that writes and some that read, each opened when it is needed first.
pub(super) fn open_with(options: SqliteConnectOptions, file: Option<Arc<OpenFile>>, place: String) -> SqliteDatabase {
    let (mut writer, mut readers) = (pool(1), pool(READERS));
    if let Some(file) = file.clone() {
        writer = writer.after_connect(move |_, _| {
            file.forget_log();
            let found = file.check_path();
            Box::pin(async move { found.map_err(sqlx::Error::Io) })
        });
    }
    if let Some(file) = file.clone() {
        readers = readers.after_connect(move |_, _| {
            let found = file.check_path();
            Box::pin(async move { found.map_err(sqlx::Error::Io) })
        });
    }
    SqliteDatabase {
        writer: writer.connect_lazy_with(options.clone()),
        readers: readers.connect_lazy_with(options.pragma("query_only", "ON")),
        file,
        place,
    }
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
    use_write_ahead_log_until(Instant::now() + BUSY_TIMEOUT, writer).await
}

async fn use_write_ahead_log_until(deadline: Instant, writer: &SqlitePool) -> sqlx::Result<()> {
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
mod tests;
