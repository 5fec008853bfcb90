//! The connections to a file.

use std::sync::Arc;

use sqlx::SqlitePool;

use super::error::database_error;
use super::file_connection::FileConnection;
use super::open_file::OpenFile;
use crate::database_error::DatabaseError;

/// A file.
///
/// It is in write-ahead mode, as EF Core puts it, with foreign keys enforced and `synchronous = FULL`: with `NORMAL`, a
/// power failure may take the last transactions out of a write-ahead log, and what was acknowledged (a spent recovery
/// code, a changed password) must not come back.
#[derive(Debug)]
pub(crate) struct SqliteDatabase {
    /// One connection: SQLite has one writer at a time, and waiting here is fair and cheap.
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    /// `None` where nothing is written.
    pub(super) file: Option<Arc<OpenFile>>,
    /// The path.
    pub(super) place: String,
}

impl SqliteDatabase {
    /// The one connection that writes, if what it writes can be found.
    pub(super) async fn writing_connection(&self) -> Result<FileConnection, DatabaseError> {
        let connection = self.writer.acquire().await.map_err(database_error)?;
        self.check_file().await?;
        Ok(FileConnection::new(connection, self.file.clone()))
    }

    /// Whether what is written could be found.
    pub(super) async fn check_file(&self) -> Result<(), DatabaseError> {
        match &self.file {
            Some(file) => file.check().await,
            None => Ok(()),
        }
    }
}
