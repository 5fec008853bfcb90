//! Connections to MySQL and MariaDB servers.

use std::net::SocketAddr;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{ConnectOptions, Connection, Row};

use super::error::{database_error, kind};
use super::location::{self, TLS_REMEDY};
use super::settings;
use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::pool::{Driver, Hosts};
use crate::server_tls::refusal;
use crate::server_url::host_urls;

/// MySQL and MariaDB, for a pool.
#[derive(Debug)]
pub(crate) enum MySqlDriver {}

impl Driver for MySqlDriver {
    type Options = MySqlConnectOptions;
    type Connection = MySqlConnection;

    const BEGIN: &'static str = settings::BEGIN;
    const COMMIT: &'static str = settings::COMMIT;
    const ROLLBACK: &'static str = settings::ROLLBACK;
    const LONG: &'static str = settings::LONG;

    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError> {
        let mut hosts = Vec::new();
        let mut database = String::new();
        for url in host_urls(url)? {
            let (name, options) = location::parse(&url)?;
            options.get_database().unwrap_or_default().clone_into(&mut database);
            // All of this is set with the other settings of a session.
            let options = options.pipes_as_concat(false).no_engine_substitution(false);
            hosts.push((name, options.timezone(None).set_names(false)));
        }
        let names: Vec<&str> = hosts.iter().map(|(name, _)| name.as_str()).collect();
        let place = format!("{}/{database}", names.join(","));
        Ok((Hosts::new(hosts), place))
    }

    fn lookup(options: &MySqlConnectOptions) -> Option<(&str, u16)> {
        let is_path = options.get_socket().is_some() || options.get_host().starts_with('/');
        let is_checked = matches!(options.get_ssl_mode(), MySqlSslMode::VerifyIdentity);
        (!is_path && !is_checked).then(|| (options.get_host(), options.get_port()))
    }

    fn at(options: &MySqlConnectOptions, address: SocketAddr) -> MySqlConnectOptions {
        let options = options.clone().host(&address.ip().to_string());
        options.port(address.port())
    }

    /// A replica answers like its source, but takes no writes; a Galera node that lost its cluster lets clients in, but
    /// answers no query.
    async fn connect(options: &MySqlConnectOptions, several: bool) -> Result<MySqlConnection, DatabaseError> {
        let connection = options.connect().await;
        let mut connection = connection.map_err(|error| refusal(error, TLS_REMEDY, kind))?;
        Self::run(&mut connection, settings::SESSION).await?;
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
