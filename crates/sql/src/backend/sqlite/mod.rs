//! SQLite, in the form that EF Core's SQLite provider gives a database.

#[cfg(test)]
mod broken_transactions;
mod connection;
mod date_time_offset;
mod error;
mod file_connection;
mod location;
mod open;
mod open_file;
#[cfg(test)]
mod query_plans;
mod read_only;
mod write_probe;

use std::sync::Arc;

use sqlx::SqlitePool;

use crate::OpenError;
use crate::accounts::{lock_user, select_users};
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::key_repository::KeysTable;
use crate::tables::Tables;
use connection::SqliteConnection;
use error::database_error;
use file_connection::{FileConnection, FileTransaction};
use open_file::OpenFile;

/// A file.
///
/// It is in write-ahead mode, as EF Core puts it, with foreign keys enforced and `synchronous = FULL`: with `NORMAL`, a
/// power failure may take the last transactions out of a write-ahead log, and what was acknowledged (a spent recovery
/// code, a changed password) must not come back.
#[derive(Debug)]
pub(crate) struct SqliteDatabase {
    /// One connection: SQLite has one writer at a time, and waiting here is fair and cheap.
    writer: SqlitePool,
    readers: SqlitePool,
    /// `None` where nothing is written.
    file: Option<Arc<OpenFile>>,
    /// The path.
    place: String,
}

impl Database for SqliteDatabase {
    type Connection = SqliteConnection<FileConnection>;
    type Transaction = SqliteConnection<FileTransaction>;

    /// SQLite's columns have no lengths, which are all that version 2 changed.
    const TABLES: Tables = Tables {
        v1: include_str!("v2.sql"),
        v1_to_v2: "",
        v2: include_str!("v2.sql"),
        v3: include_str!("v3.sql"),
    };
    const KEYS: KeysTable = KeysTable {
        create: r#"CREATE TABLE "DataProtectionKeys" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_DataProtectionKeys" PRIMARY KEY AUTOINCREMENT,
    "FriendlyName" TEXT NULL,
    "Xml" TEXT NULL
)"#,
        insert: r#"INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES ($1, $2)"#,
    };
    const LIST: &'static str =
        select_users!(r#"WHERE "NormalizedUserName" > $1 ORDER BY "NormalizedUserName" LIMIT $2"#);
    const HASHES: &'static str =
        r#"SELECT "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id" LIMIT $2"#;
    /// The transaction is the only writing one anyway.
    const LOCK_USER: &'static str = lock_user!("");
    const PING: &'static str = r#"SELECT "Id" FROM "AspNetUsers" LIMIT 1"#;
    const IS_SERVER: bool = false;
    const NAMES_HAVE_CASE: bool = false;

    async fn open(url: &DatabaseUrl, purpose: Purpose) -> Result<Self, OpenError> {
        open::open(url.as_str(), purpose).await
    }

    fn place(&self) -> &str {
        &self.place
    }

    /// Types are advice to SQLite: nearly everything can hold what EF Core keeps there. But its `IdentityUser<int>` has
    /// numbers where ids are text here.
    fn suits(definition: &str, declared_type: &str) -> bool {
        !(definition.starts_with("TEXT") && declared_type.to_ascii_uppercase().contains("INT"))
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
        match &self.file {
            Some(file) => file.check().await,
            None => Ok(()),
        }
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        write_probe::try_write(self.writing_connection().await?).await
    }

    async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl SqliteDatabase {
    /// The one connection that writes, if what it writes can be found.
    async fn writing_connection(&self) -> Result<FileConnection, DatabaseError> {
        let connection = self.writer.acquire().await.map_err(database_error)?;
        self.check().await?;
        Ok(FileConnection::new(connection, self.file.clone()))
    }
}
