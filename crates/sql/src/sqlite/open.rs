//! Opening a file, and bringing its tables up to date.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::time::Instant;
use wicketgate_identity::{SchemaVersion, StoreOptions};
use wicketgate_protection::Random;

use super::{SqliteStore, error, location, schema};
use crate::{OpenError, SchemaState};

/// How long a statement waits for another process that is writing.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// SQLite reads in parallel with one writer; each connection has a thread of its own.
const READERS: u32 = 4;

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
        let state = prepare(&path, options.schema_version)
            .await
            .map_err(|error| database_error(&path, &error))?;
        if !matches!(state, SchemaState::Complete(_)) {
            return Err(OpenError::Schema { path, state });
        }
        Ok(Self {
            writer: pool(1).connect_lazy_with(connect_options(&path)),
            readers: pool(READERS).connect_lazy_with(connect_options(&path).pragma("query_only", "ON")),
            random,
        })
    }

    /// Adds the tables of `options.schema_version` that the database lacks, all or none, and returns what it ran.
    ///
    /// Where EF Core's migrations rule the tables (there is an `__EFMigrationsHistory`), a migration there is better: EF
    /// Core does not know of this one, and would make the same tables again.
    ///
    /// # Errors
    /// As [`open`](Self::open), except that missing tables are none.
    pub async fn migrate(url: &str, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let path = location::path(url)?;
        location::create(&path).await?;
        let mut connection = connect_to_migrate(&path).await?;
        schema::migrate(&mut connection, options.schema_version)
            .await
            .map_err(|error| database_error(&path, &error))
    }

    /// What [`migrate`](Self::migrate) would run. Changes nothing and creates nothing.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn plan_migration(url: &str, options: &StoreOptions) -> Result<Vec<&'static str>, OpenError> {
        let path = location::path(url)?;
        if !location::exists(&path).await? {
            return Ok(schema::all_statements(options.schema_version));
        }
        let mut connection = connect_to_migrate(&path).await?;
        schema::missing_statements(&mut connection, options.schema_version)
            .await
            .map_err(|error| database_error(&path, &error))
    }
}

/// What comes before the first request. A database that cannot be used stays as it is.
async fn prepare(path: &Path, version: SchemaVersion) -> sqlx::Result<SchemaState> {
    let mut connection = connect_options(path).connect().await?;
    let state = schema::create_if_empty(&mut connection, version).await?;
    if let SchemaState::Complete(_) = state {
        for column in schema::unfillable_columns(&mut connection).await? {
            tracing::warn!("no one can register: AspNetUsers.{column} must not be null and has no default");
        }
        use_write_ahead_log(&mut connection).await?;
    }
    connection.close().await?;
    Ok(state)
}

/// The file remembers this mode. Changing it needs a moment without any other connection, for which SQLite does not
/// always wait by itself.
async fn use_write_ahead_log(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = wal").fetch_one(&mut *connection);
        match mode.await {
            Ok(mode) => {
                if mode != "wal" {
                    tracing::warn!("the database's file system takes no write-ahead log: its journal mode is {mode}");
                }
                return Ok(());
            }
            Err(error) if error::is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn connect_to_migrate(path: &Path) -> Result<SqliteConnection, OpenError> {
    let found = async {
        let mut connection = connect_options(path).connect().await?;
        let state = schema::detect(&mut connection).await?;
        Ok((connection, state))
    };
    match found.await.map_err(|error| database_error(path, &error))? {
        (_, state @ SchemaState::UnsuitableColumns(_)) => Err(OpenError::Schema {
            path: path.to_owned(),
            state,
        }),
        (connection, _) => Ok(connection),
    }
}

pub(super) fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
}

pub(super) fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        // There is no network in between on which a connection could be lost.
        .test_before_acquire(false)
}

pub(super) fn database_error(path: &Path, error: &sqlx::Error) -> OpenError {
    OpenError::Database {
        path: path.to_owned(),
        reason: error::reason(error),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use wicketgate_protection::SystemRandom;

    use super::*;

    async fn open(folder: &TempDir) -> SqliteStore {
        let url = format!("sqlite://{}/app.db", folder.path().display());
        SqliteStore::open(&url, &StoreOptions::default(), Arc::new(SystemRandom))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_commit_is_on_the_disk_and_foreign_keys_hold() {
        const FULL: i64 = 2;
        let folder = TempDir::new().unwrap();
        let store = open(&folder).await;
        for (pragma, expected) in [("PRAGMA synchronous", FULL), ("PRAGMA foreign_keys", 1)] {
            let value: i64 = sqlx::query_scalar(pragma).fetch_one(&store.writer).await.unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let folder = TempDir::new().unwrap();
        let store = open(&folder).await;
        let refused = sqlx::query(r#"DELETE FROM "AspNetUsers""#)
            .execute(&store.readers)
            .await;
        assert!(refused.is_err());
    }
}
