//! Connections to the servers of one database, and how long anything is waited for.
//!
//! Every wait ends, whatever the server does: one that neither answers nor refuses (a frozen machine, a network that
//! swallows packets) costs a request seconds, and the connection is closed, because nobody can know what still comes on it.

mod connection;
mod hosts;
mod open_connections;
#[cfg(test)]
mod tests;
mod url_file;

use std::time::Duration;

use deadpool::managed::QueueMode;
use tokio::time::timeout;

use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
pub(crate) use connection::{OpenTransaction, PooledConnection};
pub(crate) use hosts::Hosts;
use open_connections::Opener;

/// Enough for some thousand requests a second, few enough for many instances on a server with a hundred connections.
pub(crate) const CONNECTIONS: usize = 10;
/// How long a request waits for a connection before it is told to come back.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a host may take to let somebody in.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(4);
/// How long a statement may take, a `COMMIT` too. Whether it was carried out is unknown then.
pub(crate) const STATEMENT_LIMIT: Duration = Duration::from_secs(5);
/// How long a statement may take that makes tables, waits for somebody who does, or reads a whole table for an operator.
pub(crate) const LONG_LIMIT: Duration = Duration::from_secs(600);
/// A connection that was idle for longer is asked first whether it still works: the server may have been restarted.
pub(crate) const PING_AFTER: Duration = Duration::from_secs(1);
/// How long the answer to that may take.
pub(crate) const PING_LIMIT: Duration = Duration::from_secs(1);
/// So that a proxy or a server that closes old connections rarely meets one in use.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);

/// What a pool needs to know of one kind of database.
pub(crate) trait Driver: Send + Sync + Sized + 'static {
    /// Where a host is and who asks, with the password.
    type Options: Send + Sync;
    type Connection: Send;

    /// Starts a transaction that is isolated as much as the statements here expect.
    const BEGIN: &'static str;
    /// Makes a transaction's changes last.
    const COMMIT: &'static str = "COMMIT";
    /// Ends a transaction without an error where the server has done so already.
    const ROLLBACK: &'static str = "ROLLBACK";

    /// The hosts that a URL names, and what may be shown of it: hosts, ports and the database.
    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError>;

    /// Connects to a host, which must take writes if it is one of `several`.
    fn connect(
        options: &Self::Options,
        several: bool,
    ) -> impl Future<Output = Result<Self::Connection, DatabaseError>> + Send;

    /// Asks whether anybody is there.
    fn ping(connection: &mut Self::Connection) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Runs a statement in the database's own SQL, without parameters and rows.
    fn run(
        connection: &mut Self::Connection,
        statement: &'static str,
    ) -> impl Future<Output = Result<(), DatabaseError>> + Send;
}

/// Connections that are open, and opening more of them.
pub(crate) struct Pool<D: Driver>(deadpool::managed::Pool<Opener<D>>);

impl<D: Driver> Pool<D> {
    /// With its first connection, so that it is known whether there can be any.
    pub(crate) async fn open(hosts: Hosts<D>) -> Result<Self, DatabaseError> {
        let pool = deadpool::managed::Pool::builder(Opener::new(hosts)).max_size(CONNECTIONS);
        // What was used last need not be asked whether it still works.
        let pool = pool.queue_mode(QueueMode::Lifo);
        let pool = pool.build().map_err(|error| DatabaseError::Failed(Box::new(error)))?;
        let pool = Self(pool);
        pool.get().await.map(drop)?;
        Ok(pool)
    }

    /// A connection on which every statement is a transaction of its own.
    pub(crate) async fn get(&self) -> Result<PooledConnection<D>, DatabaseError> {
        match timeout(ACQUIRE_TIMEOUT, self.0.get()).await {
            Ok(Ok(object)) => Ok(PooledConnection::new(object)),
            Ok(Err(deadpool::managed::PoolError::Backend(error))) => Err(error),
            Ok(Err(error)) => Err(DatabaseError::Unavailable(error.to_string().into())),
            Err(_) => {
                let reason = format!("no connection was to be had within {ACQUIRE_TIMEOUT:?}");
                Err(DatabaseError::Unavailable(reason.into()))
            }
        }
    }

    /// From now on this URL, which leads to `place`, is read again from its file, if it has one, when a host does not let
    /// its user in.
    pub(crate) fn follow(&self, url: &DatabaseUrl, place: &str) {
        self.0.manager().hosts().follow(url, place);
    }

    /// Closes what is open. Connections that are somebody's are closed when they come back.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    /// Starts a transaction.
    pub(crate) async fn begin(&self) -> Result<OpenTransaction<D>, DatabaseError> {
        OpenTransaction::begin(self.get().await?).await
    }
}
