//! SQLite, in the form that EF Core's SQLite provider gives a database.

mod date_time_offset;
mod error;
mod location;
mod open;
#[cfg(test)]
mod query_plans;
mod read_only;
mod session;

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqlitePool};

use crate::OpenError;
use crate::accounts::select_users;
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::key_repository::KeysTable;
use crate::tables::Tables;
use error::database_error;
use session::SqliteSession;

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
    /// The path.
    place: String,
}

impl Database for SqliteDatabase {
    type Connection = SqliteSession<PoolConnection<Sqlite>>;
    type Transaction = SqliteSession<sqlx::Transaction<'static, Sqlite>>;

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
    const PING: &'static str = r#"SELECT "Id" FROM "AspNetUsers" LIMIT 1"#;
    const NAMES_HAVE_CASE: bool = false;

    async fn open(url: &str, purpose: Purpose) -> Result<Self, OpenError> {
        open::open(url, purpose).await
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
        self.readers.acquire().await.map(SqliteSession).map_err(database_error)
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        self.writer.acquire().await.map(SqliteSession).map_err(database_error)
    }

    /// The transaction is the only writing one from its first statement on. Without `IMMEDIATE` SQLite would let it read
    /// first, and refuse its first write if another process wrote meanwhile.
    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map(SqliteSession)
            .map_err(database_error)
    }

    async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
