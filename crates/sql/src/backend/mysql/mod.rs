//! MySQL and MariaDB, in the form that EF Core's provider Pomelo gives a database.
//!
//! Names are looked up by the collation of the database's columns, whose indexes keep them unique: with MySQL's usual one,
//! of `ADA` and `ÁDA` there can be one. Whoever has the one name is not found by the other, though: equality is to the last
//! byte.

mod cluster_lock;
mod connection;
mod driver;
mod error;
#[cfg(test)]
mod galera_nodes;
mod instant;
mod location;
#[cfg(test)]
mod query_plans;
mod settings;
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
use connection::MySqlConnection;
pub(crate) use driver::MySqlDriver;
#[cfg(test)]
pub(crate) use location::parse as location;

/// A database of a MySQL or MariaDB server, or of a cluster of them.
pub(crate) struct MySqlDatabase {
    pool: Pool<MySqlDriver>,
    place: String,
}

impl Database for MySqlDatabase {
    type Connection = MySqlConnection<PooledConnection<MySqlDriver>>;
    type Transaction = MySqlConnection<OpenTransaction<MySqlDriver>>;

    const TABLES: Tables = Tables {
        v1: include_str!("v1.sql"),
        v1_to_v2: include_str!("v1-to-v2.sql"),
        v2: include_str!("v2.sql"),
        v3: include_str!("v3.sql"),
    };
    /// With ids that are chosen here, two nodes of a Galera cluster cannot both add the next element.
    const KEYS: KeysTable = KeysTable {
        create: r"CREATE TABLE `DataProtectionKeys` (
    `Id` int NOT NULL AUTO_INCREMENT,
    `FriendlyName` longtext CHARACTER SET utf8mb4 NULL,
    `Xml` longtext CHARACTER SET utf8mb4 NULL,
    CONSTRAINT `PK_DataProtectionKeys` PRIMARY KEY (`Id`)
) CHARACTER SET=utf8mb4",
        insert: r#"
            INSERT INTO "DataProtectionKeys" ("Id", "FriendlyName", "Xml")
            SELECT COALESCE(MAX("Id"), 0) + 1, $1, $2 FROM "DataProtectionKeys""#,
    };
    const LIST: &'static str =
        select_users!(r#"WHERE "NormalizedUserName" > $1 ORDER BY "NormalizedUserName" LIMIT $2"#);
    const HASHES: &'static str =
        r#"SELECT "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id" LIMIT $2"#;
    const LONGEST_NAME: Option<usize> = Some(256);
    const LOCK_USER: &'static str = lock_user!(" FOR UPDATE");
    const PING: &'static str = r#"SELECT "Id" FROM "AspNetUsers" LIMIT 1"#;

    async fn open(url: &DatabaseUrl, _: Purpose) -> Result<Self, OpenError> {
        let (hosts, place) = MySqlDriver::hosts(url.as_str())?;
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
        self.pool.reader().await.map(MySqlConnection::new)
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        self.pool.writer().await.map(MySqlConnection::new)
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        self.pool.begin().await.map(MySqlConnection::new)
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        write_check::try_write(self).await
    }

    async fn close(self) {
        self.pool.close();
    }
}

impl fmt::Debug for MySqlDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MySqlDatabase({})", self.place)
    }
}
