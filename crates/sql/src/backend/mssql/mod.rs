//! SQL Server, in the form that EF Core's own provider gives a database.
//!
//! Names are looked up by the collation of the database's columns, whose indexes keep them unique, and are equal to the last
//! byte.

mod connection;
mod driver;
mod error;
mod instant;
mod location;
#[cfg(test)]
mod reviewed;
mod row;
mod translation;

use std::fmt;

use crate::OpenError;
use crate::accounts::{lock_user, select_users};
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::key_repository::KeysTable;
use crate::pool::{Driver, OpenTransaction, Pool, PooledConnection};
use crate::tables::Tables;
use crate::write_check;
use connection::SqlServerConnection;
use driver::SqlServerDriver;

/// A database of a SQL Server.
pub(crate) struct SqlServerDatabase {
    pool: Pool<SqlServerDriver>,
    place: String,
}

impl Database for SqlServerDatabase {
    type Connection = SqlServerConnection<PooledConnection<SqlServerDriver>>;
    type Transaction = SqlServerConnection<OpenTransaction<SqlServerDriver>>;

    const TABLES: Tables = Tables {
        v1: include_str!("v1.sql"),
        v1_to_v2: include_str!("v1-to-v2.sql"),
        v2: include_str!("v2.sql"),
        v3: include_str!("v3.sql"),
    };
    const KEYS: KeysTable = KeysTable {
        create: "CREATE TABLE [DataProtectionKeys] (
    [Id] int NOT NULL IDENTITY,
    [FriendlyName] nvarchar(max) NULL,
    [Xml] nvarchar(max) NULL,
    CONSTRAINT [PK_DataProtectionKeys] PRIMARY KEY ([Id])
)",
        insert: r#"INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES ($1, $2)"#,
    };
    const LIST: &'static str = concat!(
        "SELECT TOP ($2) * FROM (",
        select_users!(r#"WHERE "NormalizedUserName" > $1"#),
        r#") AS "Page" ORDER BY "NormalizedUserName""#
    );
    const HASHES: &'static str =
        r#"SELECT TOP ($2) "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id""#;
    const LONGEST_NAME: Option<usize> = Some(256);
    /// Two statements in one batch. The first one, which changes nothing, has the lock: not every server that speaks T-SQL
    /// minds `WITH (UPDLOCK)`.
    const LOCK_USER: &'static str = concat!(
        r#"UPDATE "AspNetUsers" SET "AccessFailedCount" = "AccessFailedCount" WHERE "Id" = $1; "#,
        lock_user!("")
    );
    const PING: &'static str = r#"SELECT TOP (1) "Id" FROM "AspNetUsers""#;
    /// With nearly every collation of a database.
    const NAMES_HAVE_CASE: bool = false;

    async fn open(url: &DatabaseUrl, _: Purpose) -> Result<Self, OpenError> {
        let (hosts, place) = SqlServerDriver::hosts(url.as_str())?;
        match Pool::open(hosts, url.max_connections()).await {
            Ok(pool) => Ok(Self { pool, place }),
            Err(error) => Err(OpenError::of_server(&place, &error)),
        }
    }

    fn place(&self) -> &str {
        &self.place
    }

    fn follow(&self, url: &DatabaseUrl) {
        self.pool.follow(url, &self.place);
    }

    async fn reader(&self) -> Result<Self::Connection, DatabaseError> {
        self.pool.reader().await.map(SqlServerConnection)
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        self.pool.writer().await.map(SqlServerConnection)
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        self.pool.begin().await.map(SqlServerConnection)
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        write_check::try_write(self).await
    }

    async fn close(self) {
        self.pool.close();
    }
}

impl fmt::Debug for SqlServerDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlServerDatabase({})", self.place)
    }
}
