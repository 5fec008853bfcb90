//! MySQL and MariaDB, in the form that EF Core's provider Pomelo gives a database.
//!
//! Names compare by the collation of the database's columns, as they do for .NET there: with MySQL's usual one, `ADA` and
//! `ÁDA` are the same name.

mod error;
mod instant;
mod session;
mod translation;

use std::str::FromStr;

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{ConnectOptions, Connection, Executor, MySql, MySqlPool};

use crate::OpenError;
use crate::accounts::select_users;
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::key_repository::KeysTable;
use crate::pool::{ACQUIRE_TIMEOUT, CONNECTIONS, PING_AFTER};
use crate::tables::Tables;
use error::database_error;
use session::MySqlSession;

/// A database of a MySQL or MariaDB server.
#[derive(Debug)]
pub(crate) struct MySqlDatabase {
    pool: MySqlPool,
    place: String,
}

impl Database for MySqlDatabase {
    type Connection = MySqlSession<PoolConnection<MySql>>;
    type Transaction = MySqlSession<sqlx::Transaction<'static, MySql>>;

    const TABLES: Tables = Tables {
        v1: include_str!("v1.sql"),
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
    const PING: &'static str = r#"SELECT "Id" FROM "AspNetUsers" LIMIT 1"#;

    async fn open(url: &str, _: Purpose) -> Result<Self, OpenError> {
        let options = MySqlConnectOptions::from_str(url).map_err(|error| OpenError::InvalidUrl(error.to_string()))?;
        if options.get_database().is_none() {
            return Err(OpenError::NoDatabase);
        }
        let options = options.disable_statement_logging();
        let place = format!(
            "{}:{}/{}",
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or_default()
        );
        // The pool would try until its wait is over, and then not say why.
        match tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await {
            Ok(Ok(connection)) => drop(connection.close().await),
            Ok(Err(error)) => {
                let reason = database_error(error).to_string();
                return Err(OpenError::Database { place, reason });
            }
            Err(_) => {
                let reason = "it does not answer".to_owned();
                return Err(OpenError::Database { place, reason });
            }
        }
        let pool = MySqlPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // The lock on an address is on a gap between rows, which other isolation levels do not lock.
                    connection
                        .execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                        .await?;
                    Ok(())
                })
            })
            .before_acquire(|connection, metadata| {
                Box::pin(async move {
                    if metadata.idle_for > PING_AFTER {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, place })
    }

    fn place(&self) -> &str {
        &self.place
    }

    async fn reader(&self) -> Result<Self::Connection, DatabaseError> {
        self.writer().await
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        let connection = self.pool.acquire().await.map_err(database_error)?;
        Ok(MySqlSession::new(connection))
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        let transaction = self.pool.begin().await.map_err(database_error)?;
        Ok(MySqlSession::new(transaction))
    }

    async fn close(self) {
        self.pool.close().await;
    }
}
