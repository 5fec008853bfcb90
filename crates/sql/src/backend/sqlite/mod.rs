//! SQLite, in the form that EF Core's SQLite provider gives a database.

#[cfg(test)]
mod broken_transactions;
mod connection;
mod date_time_offset;
mod dialect;
mod error;
mod file_connection;
mod file_database;
mod location;
mod open;
mod open_file;
mod options;
#[cfg(test)]
mod query_plans;
mod read_only;
mod write_probe;

use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::open_error::OpenError;
use connection::SqliteConnection;
use dialect::Sqlite;
use error::database_error;
use file_connection::{FileConnection, FileTransaction};
pub(crate) use file_database::SqliteDatabase;

impl Database for SqliteDatabase {
    type Dialect = Sqlite;
    type Connection = SqliteConnection<FileConnection>;
    type Transaction = SqliteConnection<FileTransaction>;

    const IS_SERVER: bool = false;

    async fn open(url: &DatabaseUrl, purpose: Purpose) -> Result<Self, OpenError> {
        open::open(url.as_str(), purpose).await
    }

    fn place(&self) -> &str {
        &self.place
    }

    async fn before_serving(&self) -> Result<(), DatabaseError> {
        open::use_write_ahead_log(&self.writer).await.map_err(database_error)
    }

    async fn reader(&self) -> Result<Self::Connection, DatabaseError> {
        // A new connection would be one to whatever is at the path now.
        if let (0, Some(file)) = (self.readers.num_idle(), &self.file) {
            file.check().await?;
        }
        let connection = self.readers.acquire().await.map_err(database_error)?;
        Ok(SqliteConnection(FileConnection::new(connection, None)))
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        self.writing_connection().await.map(SqliteConnection)
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        let connection = self.writing_connection().await?;
        FileTransaction::begin(connection).await.map(SqliteConnection)
    }

    async fn check(&self) -> Result<(), DatabaseError> {
        self.check_file().await
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        write_probe::try_write(self.writing_connection().await?).await
    }

    async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
