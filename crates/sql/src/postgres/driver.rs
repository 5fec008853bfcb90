//! Connections to PostgreSQL servers.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Row};

use super::error::database_error;
use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::pool::{Driver, Hosts};
use crate::server_url::{check_options, host_urls, refused};

/// PostgreSQL, for a pool.
#[derive(Debug)]
pub(crate) enum PostgresDriver {}

/// All that the driver's URLs may say behind a `?`.
const OPTIONS: [&str; 19] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "application_name",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "statement-cache-capacity",
    "options",
    "options[",
];

impl Driver for PostgresDriver {
    type Options = PgConnectOptions;
    type Connection = PgConnection;

    /// In a stricter isolation, which a server may have as its default, a transaction would not see what was committed
    /// while it waited for a lock.
    const BEGIN: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";

    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError> {
        let mut hosts = Vec::new();
        let mut database = String::new();
        for url in host_urls(url)? {
            check_options(&url, &OPTIONS)?;
            let options = PgConnectOptions::from_str(&url).map_err(|error| refused(&error))?;
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

    /// A standby answers like its primary, but takes no writes.
    async fn connect(options: &PgConnectOptions, several: bool) -> Result<PgConnection, DatabaseError> {
        let mut connection = options.connect().await.map_err(database_error)?;
        if several {
            let row = sqlx::query("SHOW transaction_read_only")
                .fetch_one(&mut connection)
                .await;
            let is_read_only: String = row.and_then(|row| row.try_get(0)).map_err(database_error)?;
            if is_read_only != "off" {
                return Err(DatabaseError::Unavailable("it takes no writes".into()));
            }
        }
        Ok(connection)
    }

    async fn ping(connection: &mut PgConnection) -> Result<(), DatabaseError> {
        connection.ping().await.map_err(database_error)
    }

    async fn run(connection: &mut PgConnection, statement: &'static str) -> Result<(), DatabaseError> {
        let done = sqlx::raw_sql(statement).execute(connection).await;
        done.map(drop).map_err(database_error)
    }
}
