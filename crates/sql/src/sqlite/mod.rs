//! SQLite, in the form that EF Core's SQLite provider gives a database.

mod claims;
mod credentials;
mod date_time_offset;
mod ddl;
mod error;
mod location;
mod lockout;
#[cfg(test)]
mod query_plans;
mod schema;
mod two_factor;
mod user_store;
mod users;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};
use wicketgate_identity::StoreOptions;
use wicketgate_protection::Random;

use crate::{OpenError, SchemaState};

/// How long a statement waits for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// SQLite reads in parallel with one writer; each connection has a thread of its own.
const READERS: u32 = 4;

/// Accounts in a SQLite file.
///
/// The file is in write-ahead mode, as EF Core puts it, with foreign keys enforced and `synchronous = FULL`: in `NORMAL`,
/// SQLite's write-ahead log may lose the last transactions when the power fails, and what was acknowledged (a spent
/// recovery code, a changed password) must not come back.
#[derive(Debug)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer at a time, and waiting here is fair and cheap.
    writer: SqlitePool,
    readers: SqlitePool,
    random: Arc<dyn Random>,
}

impl SqliteStore {
    /// Opens the file in `sqlite:PATH` or `sqlite://PATH`.
    ///
    /// A missing file is made (only the owner may read it), and its folder too. A database without any table gets
    /// Identity's tables of `options.schema_version`. Every other database stays as it is, whatever the version of its
    /// tables and whatever stands beside them; only its journal mode becomes write-ahead.
    ///
    /// # Errors
    /// The file cannot be made or written, is not a database, or lacks tables that accounts need.
    pub async fn open(url: &str, options: &StoreOptions, random: Arc<dyn Random>) -> Result<Self, OpenError> {
        let path = location::path(url)?;
        location::create(&path).await?;
        let refused = |reason: sqlx::Error| OpenError::Database {
            path: path.clone(),
            reason: error::reason(&reason),
        };

        let mut first = connect_options(&path).connect().await.map_err(refused)?;
        let state = schema::create_if_empty(&mut first, options.schema_version)
            .await
            .map_err(refused)?;
        if !matches!(state, SchemaState::Complete(_)) {
            return Err(OpenError::Schema { path, state });
        }
        for column in schema::unfillable_columns(&mut first).await.map_err(refused)? {
            tracing::warn!(
                column,
                "AspNetUsers has a column without a default that must not be null: no one can register"
            );
        }
        use_write_ahead_log(&mut first).await.map_err(refused)?;
        first.close().await.map_err(refused)?;

        Ok(Self {
            writer: pool(1).connect_lazy_with(connect_options(&path)),
            readers: pool(READERS).connect_lazy_with(connect_options(&path).pragma("query_only", "ON")),
            random,
        })
    }

    /// Adds the tables of `options.schema_version` that the database lacks, all or none, and returns what it ran.
    ///
    /// # Errors
    /// As [`open`](Self::open), but missing tables are none.
    pub async fn migrate(url: &str, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let path = location::path(url)?;
        location::create(&path).await?;
        let refused = |reason: sqlx::Error| OpenError::Database {
            path: path.clone(),
            reason: error::reason(&reason),
        };

        let mut connection = connect_options(&path).connect().await.map_err(refused)?;
        let state = schema::detect(&mut connection).await.map_err(refused)?;
        if matches!(state, SchemaState::UnsuitableColumns(_)) {
            return Err(OpenError::Schema { path, state });
        }
        let statements = schema::migrate(&mut connection, options.schema_version)
            .await
            .map_err(refused)?;
        connection.close().await.map_err(refused)?;
        Ok(statements)
    }

    /// What [`migrate`](Self::migrate) would run. Changes nothing and creates nothing.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn plan_migration(url: &str, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let path = location::path(url)?;
        if !path.exists() {
            return Ok(schema::all_statements(options.schema_version, |_| true));
        }
        let refused = |reason: sqlx::Error| OpenError::Database {
            path: path.clone(),
            reason: error::reason(&reason),
        };

        let mut connection = connect_options(&path).connect().await.map_err(refused)?;
        let state = schema::detect(&mut connection).await.map_err(refused)?;
        if matches!(state, SchemaState::UnsuitableColumns(_)) {
            return Err(OpenError::Schema { path, state });
        }
        schema::missing(&mut connection, options.schema_version)
            .await
            .map_err(refused)
    }
}

fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
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
/// wait by itself.
async fn use_write_ahead_log(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut attempts = BUSY_TIMEOUT.as_millis() / PAUSE.as_millis();
    loop {
        match sqlx::query_scalar::<_, String>("PRAGMA journal_mode = wal")
            .fetch_one(&mut *connection)
            .await
        {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                tracing::warn!(
                    mode,
                    "the database's file system does not take a write-ahead log: writing is slower"
                );
                return Ok(());
            }
            Err(error) if error::is_busy(&error) && attempts > 0 => {
                attempts -= 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
}
