//! Opening a file.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::database::SqliteDatabase;
use super::error::{database_error, is_busy};
use super::limits::BUSY_PATIENCE;
use super::location;
use super::open_file::OpenFile;
use super::opening::{Opening, Place};
use super::read_only::read_only;
use super::writer::Writer;
use crate::database::Purpose;
use crate::database_error::DatabaseError;
use crate::open_error::OpenError;

/// Opens the file in `sqlite:PATH` or `sqlite://PATH`. To be used, a missing file is made (only the owner may read it),
/// and its folder too. A plan for a missing file is one for an empty database.
pub(super) async fn open(url: &str, purpose: Purpose) -> Result<SqliteDatabase, OpenError> {
    let path = location::path(url)?;
    let place = path.display().to_string();
    let opening = match purpose {
        Purpose::Use => {
            location::create(&path).await?;
            let file = OpenFile::at(&path)?;
            Opening::new(Place::File(path), Some(Arc::new(file)))
        }
        Purpose::Plan if !location::exists(&path).await? => Opening::new(Place::Nowhere, None),
        Purpose::Plan => Opening::new(Place::File(path), None),
        Purpose::Inspect => Opening::new(read_only(&path)?, None),
    };
    Ok(SqliteDatabase::new(opening, place))
}

/// The file remembers this mode. Changing it needs a moment without any other connection, for which SQLite does not
/// always wait by itself.
pub(super) async fn use_write_ahead_log(writer: &Arc<Writer>) -> Result<(), DatabaseError> {
    use_write_ahead_log_until(Instant::now() + BUSY_PATIENCE, writer).await
}

async fn use_write_ahead_log_until(deadline: Instant, writer: &Arc<Writer>) -> Result<(), DatabaseError> {
    loop {
        let mode = writer.alone(|link| {
            let mode = link
                .connection()
                .query_row("PRAGMA journal_mode = wal", [], |row| row.get(0));
            match mode {
                Ok(mode) => Ok(Ok::<String, _>(mode)),
                Err(error) if is_busy(&error) => Ok(Err(error)),
                Err(error) => Err(database_error(error)),
            }
        });
        match mode.await? {
            Ok(mode) => {
                if mode != "wal" {
                    tracing::warn!("the database's file system takes no write-ahead log: its journal mode is {mode}");
                }
                return Ok(());
            }
            Err(_) if Instant::now() < deadline => sleep(Duration::from_millis(20)).await,
            Err(error) => return Err(database_error(error)),
        }
    }
}

#[cfg(test)]
mod tests;
