//! Connections to MySQL and MariaDB servers.

use std::net::SocketAddr;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow, MySqlSslMode};
use sqlx::{ConnectOptions, Connection as _, Row as _};

use super::dialect::MySql;
use super::error::{database_error, kind};
use super::location::{self, TLS_REMEDY};
use super::locks::{self, SchemaLock};
use super::query::query;
use super::settings;
use crate::database::{Connection, Lock};
use crate::database_error::DatabaseError;
use crate::open_error::OpenError;
use crate::pool::{Driver, Location};
use crate::server::tls::refusal;
use crate::statement::{Statement, Value};

/// MySQL and MariaDB, for a pool.
#[derive(Debug)]
pub(crate) enum MySqlDriver {}

impl Driver for MySqlDriver {
    type Dialect = MySql;
    type Options = MySqlConnectOptions;
    type Connection = MySqlConnection;
    type Row = MySqlRow;
    type Held = SchemaLock;

    const BEGIN: &'static str = settings::BEGIN;
    const COMMIT: &'static str = settings::COMMIT;
    const ROLLBACK: &'static str = settings::ROLLBACK;
    const LONG: &'static str = settings::LONG;

    fn location(url: &str) -> Result<Location<MySqlConnectOptions>, OpenError> {
        let location = location::parse(url)?;
        // All of this is set with the other settings of a session.
        let options = location.options.pipes_as_concat(false).no_engine_substitution(false);
        let options = options.timezone(None).set_names(false);
        Ok(Location { options, ..location })
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

    /// A Galera node that lost its cluster lets clients in, but answers no query.
    async fn connect(options: &MySqlConnectOptions) -> Result<MySqlConnection, DatabaseError> {
        let connection = options.connect().await;
        let mut connection = connection.map_err(|error| refusal(error, TLS_REMEDY, kind))?;
        Self::run(&mut connection, settings::SESSION).await?;
        Ok(connection)
    }

    async fn takes_writes(connection: &mut MySqlConnection) -> Result<bool, DatabaseError> {
        let query = sqlx::query("SELECT CAST(@@GLOBAL.read_only AS CHAR)");
        let row = query.fetch_one(connection).await;
        let is_read_only: String = row.and_then(|row| row.try_get(0)).map_err(database_error)?;
        Ok(matches!(is_read_only.as_str(), "0" | "OFF"))
    }

    async fn ping(connection: &mut MySqlConnection) -> Result<(), DatabaseError> {
        connection.ping().await.map_err(database_error)
    }

    async fn run(connection: &mut MySqlConnection, statement: &'static str) -> Result<(), DatabaseError> {
        let done = sqlx::raw_sql(statement).execute(connection).await;
        done.map(drop).map_err(database_error)
    }

    async fn execute(
        connection: &mut MySqlConnection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, DatabaseError> {
        let done = query(statement, values).execute(connection).await;
        done.map(|done| done.rows_affected()).map_err(database_error)
    }

    async fn fetch_all(
        connection: &mut MySqlConnection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<MySqlRow>, DatabaseError> {
        let rows = query(statement, values).fetch_all(connection).await;
        rows.map_err(database_error)
    }

    async fn fetch_optional(
        connection: &mut MySqlConnection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<MySqlRow>, DatabaseError> {
        let row = query(statement, values).fetch_optional(connection).await;
        row.map_err(database_error)
    }

    async fn lock(transaction: &mut impl Connection, lock: Lock<'_>) -> Result<Option<SchemaLock>, DatabaseError> {
        locks::lock(transaction, lock).await
    }

    async fn commit_with(transaction: &mut impl Connection, held: SchemaLock) -> Result<(), DatabaseError> {
        locks::commit_with(transaction, held).await
    }
}
