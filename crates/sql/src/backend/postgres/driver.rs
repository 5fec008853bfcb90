//! Connections to PostgreSQL servers.

use std::convert::Infallible;
use std::net::SocketAddr;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow, PgSslMode};
use sqlx::{ConnectOptions, Connection as _, Row as _};

use super::dialect::Postgres;
use super::error::{database_error, error_of, kind};
use super::location::{self, TLS_REMEDY};
use super::query::query;
use super::settings;
use crate::database::{Connection, Lock};
use crate::database_error::DatabaseError;
use crate::open_error::OpenError;
use crate::pool::{Driver, Location};
use crate::pooler::ServedBy;
use crate::server::tls::refusal;
use crate::statement::{Statement, Value, statement, values};

/// PostgreSQL, for a pool; behind a pooler whose connections are ours only while a transaction lasts, or not.
#[derive(Debug)]
pub(crate) enum PostgresDriver<const POOLED: bool> {}

impl<const POOLED: bool> Driver for PostgresDriver<POOLED> {
    type Dialect = Postgres;
    type Options = PgConnectOptions;
    type Connection = PgConnection;
    type Row = PgRow;
    type Held = Infallible;

    const BEGIN: &'static str = match POOLED {
        true => settings::POOLED_BEGIN,
        false => settings::BEGIN,
    };
    const LONG: &'static str = match POOLED {
        true => settings::POOLED_LONG,
        false => settings::LONG,
    };
    const IS_POOLED: bool = POOLED;
    /// sqlx takes whole messages alone from what it has received, and counts the answers that are to come.
    const SKIPS_ANSWERS: bool = true;

    fn location(url: &str) -> Result<Location<PgConnectOptions>, OpenError> {
        location::parse(url)
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

    async fn connect(options: &PgConnectOptions) -> Result<PgConnection, DatabaseError> {
        let connection = options.connect().await;
        let mut connection = connection.map_err(|error| refusal(error, TLS_REMEDY, kind))?;
        if !POOLED {
            Self::run(&mut connection, settings::SESSION).await?;
        }
        Ok(connection)
    }

    async fn takes_writes(connection: &mut PgConnection) -> Result<bool, DatabaseError> {
        let row = sqlx::raw_sql("SHOW transaction_read_only").fetch_one(connection).await;
        let is_read_only: String = row.and_then(|row| row.try_get(0)).map_err(database_error)?;
        Ok(is_read_only == "off")
    }

    /// Prepares nothing: behind a pooler that would be in somebody else's way.
    async fn served_by(connection: &mut PgConnection) -> Result<Option<ServedBy>, DatabaseError> {
        const QUERY: &str = "SELECT concat(pid, ' ', backend_start), inet_server_port() FROM pg_stat_activity
            WHERE pid = pg_backend_pid()";
        let row = sqlx::raw_sql(QUERY).fetch_one(connection).await;
        let row = row.map_err(database_error)?;
        let process = row.try_get(0).map_err(database_error)?;
        let port: Option<i32> = row.try_get(1).map_err(database_error)?;
        Ok(Some(ServedBy {
            process,
            port: port.and_then(|port| u16::try_from(port).ok()),
        }))
    }

    async fn ping(connection: &mut PgConnection) -> Result<(), DatabaseError> {
        connection.ping().await.map_err(database_error)
    }

    async fn run(connection: &mut PgConnection, statement: &'static str) -> Result<(), DatabaseError> {
        let done = sqlx::raw_sql(statement).execute(connection).await;
        done.map(drop).map_err(|error| error_of(statement, error))
    }

    async fn execute(
        connection: &mut PgConnection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, DatabaseError> {
        let done = query(statement, values, !POOLED).execute(connection).await;
        done.map(|done| done.rows_affected())
            .map_err(|error| error_of(statement.text, error))
    }

    async fn fetch_all(
        connection: &mut PgConnection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<PgRow>, DatabaseError> {
        let rows = query(statement, values, !POOLED).fetch_all(connection).await;
        rows.map_err(|error| error_of(statement.text, error))
    }

    async fn fetch_optional(
        connection: &mut PgConnection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<PgRow>, DatabaseError> {
        let row = query(statement, values, !POOLED).fetch_optional(connection).await;
        row.map_err(|error| error_of(statement.text, error))
    }

    /// Advisory locks: they end with the transaction and need no table.
    async fn lock(transaction: &mut impl Connection, lock: Lock<'_>) -> Result<Option<Infallible>, DatabaseError> {
        const LOCK: Statement = statement!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [Text]);
        transaction.execute(LOCK, values![lock.name().as_str()]).await?;
        Ok(None)
    }
}
