//! Connections to SQL Servers.

use std::convert::Infallible;
use std::net::SocketAddr;

use tiberius::error::Error;
use tiberius::{Config, Row as TdsRow};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use super::dialect::SqlServer;
use super::error::database_error;
use super::location::{self, HostOptions};
use super::query::query;
use crate::database::{Connection, Lock, Row};
use crate::database_error::DatabaseError;
use crate::open_error::OpenError;
use crate::pool::{Driver, Location};
use crate::statement::{Statement, Value, statement, values};

/// SQL Server, for a pool.
#[derive(Debug)]
pub(crate) enum SqlServerDriver {}

/// A connection.
type Client = tiberius::Client<Compat<TcpStream>>;

/// The settings that filtered indexes ask of whoever writes, and those that a server may have other defaults for.
///
/// A lock is waited for as long as the server may take for a statement (four seconds, below [`STATEMENT_LIMIT`](crate::pool::limits::STATEMENT_LIMIT)), so
/// that a write is not answered 503 and happens later. SQL Server itself ends what a connection runs that is closed.
pub(super) const SETTINGS: &str = "
    SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
    SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS, NOCOUNT OFF;
    SET XACT_ABORT ON;
    SET ROWCOUNT 0;
    SET LOCK_TIMEOUT 4000;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// Waits as for any lock (`LOCK_TIMEOUT`).
pub(super) const GET_LOCK: Statement = statement!(
    r#"
    DECLARE @result int;
    EXEC @result = sp_getapplock @Resource = $1, @LockMode = 'Exclusive', @LockOwner = 'Transaction';
    SELECT @result AS "Result""#,
    [Text]
);
/// What a lock's name may be long, with room for characters that take two places.
const LONGEST_NAME: usize = 120;

impl Driver for SqlServerDriver {
    type Dialect = SqlServer;
    type Options = HostOptions;
    type Connection = Client;
    type Row = TdsRow;
    type Held = Infallible;

    const BEGIN: &'static str = "BEGIN TRANSACTION";
    const LONG: &'static str = "SET LOCK_TIMEOUT 600000";
    /// With `XACT_ABORT` the first error has done it.
    const ROLLBACK: &'static str = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION";

    fn location(url: &str) -> Result<Location<HostOptions>, OpenError> {
        location::parse(url)
    }

    /// The certificate is checked for the name all the same.
    fn lookup(options: &HostOptions) -> Option<(&str, u16)> {
        Some((&options.host, options.port))
    }

    fn at(options: &HostOptions, address: SocketAddr) -> HostOptions {
        HostOptions {
            address: Some(address),
            ..options.clone()
        }
    }

    /// Boxed: every future that may come to this would be ten thousands of bytes larger.
    async fn connect(options: &HostOptions) -> Result<Client, DatabaseError> {
        quietly(Box::pin(connect(options))).await
    }

    /// A replica of an availability group may let clients in and take none.
    async fn takes_writes(client: &mut Client) -> Result<bool, DatabaseError> {
        const UPDATEABILITY: &str = "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(128))";
        let rows = rows(client, UPDATEABILITY).await?;
        Ok(rows.first().and_then(|row| row.get(0)) == Some("READ_WRITE"))
    }

    async fn ping(client: &mut Client) -> Result<(), DatabaseError> {
        Self::run(client, "SELECT 1").await
    }

    /// As a batch of its own, so that a transaction that it begins does not end with it.
    async fn run(client: &mut Client, statement: &'static str) -> Result<(), DatabaseError> {
        rows(client, statement).await.map(drop)
    }

    async fn execute(client: &mut Client, statement: Statement, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let done = quietly(query(statement, values).execute(client)).await?;
        Ok(done.total())
    }

    async fn fetch_all(
        client: &mut Client,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<TdsRow>, DatabaseError> {
        let query = query(statement, values);
        quietly(async { query.query(client).await?.into_first_result().await }).await
    }

    async fn fetch_optional(
        client: &mut Client,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<TdsRow>, DatabaseError> {
        let rows = Self::fetch_all(client, statement, values).await?;
        Ok(rows.into_iter().next())
    }

    /// Application locks: they end with the transaction and need no table. Names that begin alike wait for each other without
    /// need.
    async fn lock(transaction: &mut impl Connection, lock: Lock<'_>) -> Result<Option<Infallible>, DatabaseError> {
        let name: String = lock.name().chars().take(LONGEST_NAME).collect();
        let row = transaction.fetch_optional(GET_LOCK, values![name.as_str()]).await?;
        match row.map(|row| row.integer("Result")).transpose()?.flatten() {
            Some(0..) => Ok(None),
            Some(-1) => Err(DatabaseError::given_up("a lock was not given in time".into())),
            result => Err(DatabaseError::Conflict(format!("sp_getapplock says {result:?}").into())),
        }
    }
}

/// Keeps the driver from logging: what the server says of a failure can name somebody's address.
async fn quietly<T>(asked: impl Future<Output = Result<T, Error>>) -> Result<T, DatabaseError> {
    asked.with_subscriber(Dispatch::none()).await.map_err(database_error)
}

async fn rows(client: &mut Client, statement: &'static str) -> Result<Vec<TdsRow>, DatabaseError> {
    quietly(async { client.simple_query(statement).await?.into_first_result().await }).await
}

async fn connect(options: &HostOptions) -> Result<Client, Error> {
    let stream = match options.address {
        Some(address) => TcpStream::connect(address).await?,
        None => TcpStream::connect((options.host.as_str(), options.port)).await?,
    };
    let mut client = match log_in(options.config.clone(), stream).await {
        // Azure's gateway may name the machine that the database is on.
        Err(Error::Routing { host, port }) => {
            let stream = TcpStream::connect((host.as_str(), port)).await?;
            let mut config = options.config.clone();
            config.host(host);
            config.port(port);
            log_in(config, stream).await?
        }
        client => client?,
    };
    client.simple_query(SETTINGS).await?.into_results().await?;
    Ok(client)
}

async fn log_in(config: Config, stream: TcpStream) -> Result<Client, Error> {
    stream.set_nodelay(true)?;
    Client::connect(config, stream.compat_write()).await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use super::*;

    /// Counts what is logged.
    struct Counting(Arc<AtomicUsize>);

    impl Subscriber for Counting {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn event(&self, _: &Event<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[tokio::test]
    async fn what_the_driver_logs_is_not_heard() {
        let heard = Arc::new(AtomicUsize::new(0));
        let _guard = tracing::subscriber::set_default(Counting(Arc::clone(&heard)));
        let answer = quietly(async {
            tracing::error!("ada@example.test is taken");
            tokio::task::yield_now().await;
            tracing::error!("ada@example.test is taken");
            Ok(())
        });
        answer.await.unwrap();
        assert_eq!(heard.load(Ordering::Relaxed), 0);
        tracing::error!("a transaction is tried again");
        assert_eq!(heard.load(Ordering::Relaxed), 1);
    }
}
