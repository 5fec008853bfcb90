//! Connections to PostgreSQL servers.

use std::net::SocketAddr;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection, Row};

use super::error::{database_error, kind};
use super::location::{self, TLS_REMEDY};
use super::settings;
use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::pool::{Driver, Hosts};
use crate::server_tls::refusal;
use crate::server_url::host_urls;

/// PostgreSQL, for a pool; behind a pooler whose connections are ours only while a transaction lasts, or not.
#[derive(Debug)]
pub(crate) enum PostgresDriver<const POOLED: bool> {}

impl<const POOLED: bool> Driver for PostgresDriver<POOLED> {
    type Options = PgConnectOptions;
    type Connection = PgConnection;

    const BEGIN: &'static str = match POOLED {
        true => settings::POOLED_BEGIN,
        false => settings::BEGIN,
    };
    const LONG: &'static str = match POOLED {
        true => settings::POOLED_LONG,
        false => settings::LONG,
    };
    const IS_POOLED: bool = POOLED;

    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError> {
        let mut hosts = Vec::new();
        let mut database = String::new();
        for url in host_urls(url)? {
            let (name, options) = location::parse(&url)?;
            options.get_database().unwrap_or_default().clone_into(&mut database);
            // A pooler refuses what it does not know for a session.
            let options = match POOLED {
                true => options.extra_float_digits(None),
                false => options,
            };
            hosts.push((name, options));
        }
        let names: Vec<&str> = hosts.iter().map(|(name, _)| name.as_str()).collect();
        let place = format!("{}/{database}", names.join(","));
        Ok((Hosts::new(hosts), place))
    }

    fn lookup(options: &PgConnectOptions) -> Option<(&str, u16)> {
        let is_path = options.get_socket().is_some() || options.get_host().starts_with('/');
        let is_checked = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
        (!is_path && !is_checked).then(|| (options.get_host(), options.get_port()))
    }

    fn at(options: &PgConnectOptions, address: SocketAddr) -> PgConnectOptions {
        let options = options.clone().host(&address.ip().to_string());
        options.port(address.port())
    }

    /// A standby answers like its primary, but takes no writes.
    async fn connect(options: &PgConnectOptions, several: bool) -> Result<PgConnection, DatabaseError> {
        let connection = options.connect().await;
        let mut connection = connection.map_err(|error| refusal(error, TLS_REMEDY, kind))?;
        if !POOLED {
            Self::run(&mut connection, settings::SESSION).await?;
        }
        if several {
            let row = sqlx::raw_sql("SHOW transaction_read_only")
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
