//! Connections to SQL Servers.

use std::net::SocketAddr;

use tiberius::error::Error;
use tiberius::{Config, Row as TdsRow};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use super::error::database_error;
use super::location::Location;
use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::pool::{Driver, Hosts};
use crate::server_url::host_urls;

/// SQL Server, for a pool.
#[derive(Debug)]
pub(crate) enum SqlServerDriver {}

/// A connection.
pub(super) type Client = tiberius::Client<Compat<TcpStream>>;

/// The settings that filtered indexes ask of whoever writes, and those that a server may have other defaults for.
///
/// A lock is waited for as long as the server may take for a statement (four seconds, below [`STATEMENT_LIMIT`](crate::pool::STATEMENT_LIMIT)), so
/// that a write is not answered 503 and happens later. SQL Server itself ends what a connection runs that is closed.
pub(super) const SETTINGS: &str = "
    SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
    SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS, NOCOUNT OFF;
    SET XACT_ABORT ON;
    SET ROWCOUNT 0;
    SET LOCK_TIMEOUT 4000;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

impl Driver for SqlServerDriver {
    type Options = Location;
    type Connection = Client;

    const BEGIN: &'static str = "BEGIN TRANSACTION";
    const LONG: &'static str = "SET LOCK_TIMEOUT 600000";
    /// With `XACT_ABORT` the first error has done it.
    const ROLLBACK: &'static str = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION";

    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError> {
        let mut hosts = Vec::new();
        let mut database = String::new();
        for url in host_urls(url)? {
            let location = Location::parse(&url)?;
            database.clone_from(&location.database);
            hosts.push((location.name.clone(), location));
        }
        let names: Vec<&str> = hosts.iter().map(|(name, _)| name.as_str()).collect();
        let place = format!("{}/{database}", names.join(","));
        Ok((Hosts::new(hosts), place))
    }

    /// The certificate is checked for the name all the same.
    fn lookup(location: &Location) -> Option<(&str, u16)> {
        Some((&location.host, location.port))
    }

    fn at(location: &Location, address: SocketAddr) -> Location {
        Location {
            address: Some(address),
            ..location.clone()
        }
    }

    /// A replica of an availability group may let clients in and take no writes.
    async fn connect(location: &Location, several: bool) -> Result<Client, DatabaseError> {
        // Boxed: every future that may come to this would be ten thousands of bytes larger.
        let mut client = quietly(Box::pin(connect(location))).await?;
        if several {
            const UPDATEABILITY: &str = "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(128))";
            let rows = rows(&mut client, UPDATEABILITY).await?;
            if rows.first().and_then(|row| row.get(0)) != Some("READ_WRITE") {
                return Err(DatabaseError::Unavailable("it takes no writes".into()));
            }
        }
        Ok(client)
    }

    async fn ping(client: &mut Client) -> Result<(), DatabaseError> {
        Self::run(client, "SELECT 1").await
    }

    /// As a batch of its own, so that a transaction that it begins does not end with it.
    async fn run(client: &mut Client, statement: &'static str) -> Result<(), DatabaseError> {
        rows(client, statement).await.map(drop)
    }
}

/// Keeps the driver from logging: what the server says of a failure can name somebody's address.
pub(super) async fn quietly<T>(asked: impl Future<Output = Result<T, Error>>) -> Result<T, DatabaseError> {
    asked.with_subscriber(Dispatch::none()).await.map_err(database_error)
}

async fn rows(client: &mut Client, statement: &'static str) -> Result<Vec<TdsRow>, DatabaseError> {
    quietly(async { client.simple_query(statement).await?.into_first_result().await }).await
}

async fn connect(location: &Location) -> Result<Client, Error> {
    let stream = match location.address {
        Some(address) => TcpStream::connect(address).await?,
        None => TcpStream::connect((location.host.as_str(), location.port)).await?,
    };
    let mut client = match log_in(location.config.clone(), stream).await {
        // Azure's gateway may name the machine that the database is on.
        Err(Error::Routing { host, port }) => {
            let stream = TcpStream::connect((host.as_str(), port)).await?;
            let mut config = location.config.clone();
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
