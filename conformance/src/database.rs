//! Empty databases, one for each test.

use std::{io, thread, time::Duration};

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use tempfile::TempDir;
use tokio::{runtime::Builder, time::timeout};
use wicketgate_protection::{Random, SystemRandom};

use crate::sql_server::{self, SqlServerError};
use crate::store::Store;

/// An empty database of a test's own. It is removed with this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    place: Place,
}

/// There is no database for the test.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No server is known.
    #[error("{0:?} names no server; see `cargo xtask databases`")]
    NoServer(Store),
    /// There is no room for a file.
    #[error("no temporary folder: {0}")]
    Folder(#[from] io::Error),
    /// What the server says.
    #[error("no new database: {0}")]
    Server(#[from] sqlx::Error),
    /// What a SQL Server says.
    #[error("no new database: {0}")]
    SqlServer(#[from] SqlServerError),
}

#[derive(Debug)]
enum Place {
    Memory,
    Folder(#[expect(dead_code, reason = "the folder is removed with it")] TempDir),
    Server { store: Store, server: String, name: String },
}

impl Database {
    /// Makes one.
    ///
    /// # Errors
    /// There is no server, or it refuses.
    pub async fn new(store: Store) -> Result<Self, DatabaseError> {
        match store {
            Store::Memory => Ok(Self {
                url: "memory:".to_owned(),
                place: Place::Memory,
            }),
            Store::Sqlite => {
                let folder = tempfile::tempdir()?;
                Ok(Self {
                    url: format!("sqlite://{}", folder.path().join("app.db").display()),
                    place: Place::Folder(folder),
                })
            }
            Store::PostgreSql | Store::MySql | Store::SqlServer => {
                let server = store.server().ok_or(DatabaseError::NoServer(store))?;
                let name = name();
                run(store, &server, format!("CREATE DATABASE {name}")).await?;
                Ok(Self {
                    url: beside(&server, &name),
                    place: Place::Server { store, server, name },
                })
            }
        }
    }

    /// What the setting `database.url` takes.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A server carries out what it was asked also when nobody waits for its answer. PostgreSQL's may have to wait itself: for a
/// connection of the test that was being opened when this thread stopped to run tasks.
const PATIENCE: Duration = Duration::from_millis(300);

impl Drop for Database {
    /// What still uses it loses its connections. Whatever goes wrong is left for the server's own end.
    fn drop(&mut self) {
        let Place::Server { store, server, name } = &self.place else {
            return;
        };
        let statement = match store {
            Store::PostgreSql => format!("DROP DATABASE {name} WITH (FORCE)"),
            _ => format!("DROP DATABASE {name}"),
        };
        // Not on this thread: it may be one that runs tasks, which must not wait for others.
        thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = Builder::new_current_thread().enable_all().build();
                let dropped = async { timeout(PATIENCE, run(*store, server, statement)).await };
                runtime.map(|runtime| runtime.block_on(dropped))
            });
        });
    }
}

/// One that nobody else takes.
fn name() -> String {
    let mut number = [0; 8];
    SystemRandom.fill(&mut number);
    format!("test_{:016x}", u64::from_be_bytes(number))
}

/// The URL of another database on the same server.
fn beside(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(a, q)| (a, Some(q)));
    let (server, _) = address.rsplit_once('/').unwrap_or((address, ""));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{server}/{name}{query}")
}

async fn run(store: Store, server: &str, statement: String) -> Result<(), DatabaseError> {
    match store {
        Store::SqlServer => sql_server::run(server, &statement).await?,
        Store::PostgreSql => {
            let mut connection = PgConnection::connect(server).await?;
            connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await?;
            connection.close().await?;
        }
        _ => {
            let mut connection = MySqlConnection::connect(server).await?;
            connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await?;
            connection.close().await?;
        }
    }
    Ok(())
}
