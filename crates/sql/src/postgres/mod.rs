//! PostgreSQL, in the form that EF Core's provider Npgsql gives a database.

mod error;
#[cfg(test)]
mod query_plans;
mod session;
mod timestamp;

use std::str::FromStr;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool, Postgres};

use crate::OpenError;
use crate::accounts::select_users;
use crate::database::Database;
use crate::database_error::DatabaseError;
use crate::pool::{ACQUIRE_TIMEOUT, CONNECTIONS, PING_AFTER};
use crate::tables::Tables;
use error::database_error;
use session::PostgresSession;

/// A database of a PostgreSQL server, and the schema in it that its search path begins with.
#[derive(Debug)]
pub(crate) struct PostgresDatabase {
    pool: PgPool,
    place: String,
}

impl Database for PostgresDatabase {
    type Connection = PostgresSession<PoolConnection<Postgres>>;
    type Transaction = PostgresSession<sqlx::Transaction<'static, Postgres>>;

    const TABLES: Tables = Tables {
        v1: include_str!("v1.sql"),
        v2: include_str!("v2.sql"),
        v3: include_str!("v3.sql"),
    };
    const LIST: &'static str =
        select_users!(r#"WHERE "NormalizedUserName" > $1 ORDER BY "NormalizedUserName" LIMIT $2"#);
    const HASHES: &'static str =
        r#"SELECT "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id" LIMIT $2"#;
    const PING: &'static str = r#"SELECT "Id" FROM "AspNetUsers" LIMIT 1"#;

    async fn open(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url).map_err(|error| OpenError::InvalidUrl(error.to_string()))?;
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
                return Err(OpenError::Server { place, reason });
            }
            Err(_) => {
                let reason = "it does not answer".to_owned();
                return Err(OpenError::Server { place, reason });
            }
        }
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
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
        self.pool.acquire().await.map(PostgresSession).map_err(database_error)
    }

    /// In a stricter isolation, which a server may have as its default, a transaction would not see what was committed
    /// while it waited for a lock.
    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        self.pool
            .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
            .await
            .map(PostgresSession)
            .map_err(database_error)
    }
}
