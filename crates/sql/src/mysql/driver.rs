//! Connections to MySQL and MariaDB servers.

use std::str::FromStr;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use super::error::database_error;
use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::pool::{Driver, Hosts};
use crate::server_url::{check_options, host_urls, refused};

/// MySQL and MariaDB, for a pool.
#[derive(Debug)]
pub(crate) enum MySqlDriver {}

/// All that the driver's URLs may say behind a `?`.
const OPTIONS: [&str; 14] = [
    "ssl-mode",
    "sslmode",
    "ssl-ca",
    "sslca",
    "ssl-cert",
    "sslcert",
    "ssl-key",
    "sslkey",
    "charset",
    "collation",
    "socket",
    "statement-cache-capacity",
    "timezone",
    "time-zone",
];

impl Driver for MySqlDriver {
    type Options = MySqlConnectOptions;
    type Connection = MySqlConnection;

    /// A node of a Galera cluster rolls back a transaction that a faster one of another node is in the way of, and says so
    /// when it is asked for something next. MariaDB 10.11 does not always: what follows is then no transaction any more, and
    /// with `autocommit` each statement lasts by itself. Without it, and with a savepoint that goes with its transaction, a
    /// `COMMIT` commits the whole transaction or fails.
    const BEGIN: &'static str = "SET autocommit = 0; START TRANSACTION; SAVEPOINT wicketgate";
    const COMMIT: &'static str = "RELEASE SAVEPOINT wicketgate; COMMIT; SET autocommit = 1";
    const ROLLBACK: &'static str = "ROLLBACK; SET autocommit = 1";

    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError> {
        let mut hosts = Vec::new();
        let mut database = String::new();
        for url in host_urls(url)? {
            check_options(&url, &OPTIONS)?;
            let options = MySqlConnectOptions::from_str(&url).map_err(|error| refused(&error))?;
            options
                .get_database()
                .ok_or(OpenError::NoDatabase)?
                .clone_into(&mut database);
            let name = format!("{}:{}", options.get_host(), options.get_port());
            hosts.push((name, options.disable_statement_logging()));
        }
        let names: Vec<&str> = hosts.iter().map(|(name, _)| name.as_str()).collect();
        let place = format!("{}/{database}", names.join(","));
        Ok((Hosts::new(hosts), place))
    }

    /// A replica answers like its source, but takes no writes; a Galera node that lost its cluster lets clients in, but
    /// answers no query.
    async fn connect(options: &MySqlConnectOptions, several: bool) -> Result<MySqlConnection, DatabaseError> {
        // The lock on an address is on a gap between rows, which other isolation levels do not lock.
        const ISOLATION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
        let mut connection = options.connect().await.map_err(database_error)?;
        connection.execute(ISOLATION).await.map_err(database_error)?;
        if several {
            let query = sqlx::query("SELECT CAST(@@GLOBAL.read_only AS CHAR)");
            let row = query.fetch_one(&mut connection).await;
            let is_read_only: String = row.and_then(|row| row.try_get(0)).map_err(database_error)?;
            if !matches!(is_read_only.as_str(), "0" | "OFF") {
                return Err(DatabaseError::Unavailable("it takes no writes".into()));
            }
        }
        Ok(connection)
    }

    async fn ping(connection: &mut MySqlConnection) -> Result<(), DatabaseError> {
        connection.ping().await.map_err(database_error)
    }

    async fn run(connection: &mut MySqlConnection, statement: &'static str) -> Result<(), DatabaseError> {
        let done = sqlx::raw_sql(statement).execute(connection).await;
        done.map(drop).map_err(database_error)
    }
}
