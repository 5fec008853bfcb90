//! Connections to the servers of one database, and how long anything is waited for.
//!
//! Every wait ends, whatever the server does: one that neither answers nor refuses (a frozen machine, a network that
//! swallows packets) costs a request seconds, and the connection is closed, because nobody can know what still comes on it.

mod acquire;
mod addresses;
mod hosts;
mod open_connections;
mod pooled_connection;
#[cfg(test)]
mod tests;
mod url_file;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use acquire::acquire;
pub(crate) use hosts::Hosts;
use open_connections::OpenConnections;
pub(crate) use pooled_connection::{OpenTransaction, PooledConnection};

/// How many connections may be opened at the same time. A server spends more on letting somebody in than on a statement.
pub(crate) const OPENINGS: usize = 4;
/// How long a request waits for a connection before it is told to come back.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a host may take to let somebody in.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(4);
/// How long a statement may take, a `COMMIT` too. Whether it was carried out is unknown then.
///
/// A server that can gives a statement up itself after four seconds (each kind's `settings`), so that it is known not to
/// happen any more. Only a `COMMIT` has no such limit, and what a server that is frozen or cut off has not begun.
pub(crate) const STATEMENT_LIMIT: Duration = Duration::from_secs(5);
/// How long a statement may take that makes tables, waits for somebody who does, or reads a whole table for an operator.
pub(crate) const LONG_LIMIT: Duration = Duration::from_secs(600);
/// A connection that was idle for longer is asked first whether it still works: the server may have been restarted.
pub(crate) const PING_AFTER: Duration = Duration::from_secs(1);
/// How long the answer to that may take.
pub(crate) const PING_LIMIT: Duration = Duration::from_secs(1);
/// So that a proxy or a server that closes old connections rarely meets one in use.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);
/// A connection that nobody needed for so long is closed, for the sake of others who share the server.
pub(crate) const IDLE_LIMIT: Duration = Duration::from_secs(10 * 60);

/// What a pool needs to know of one kind of database.
pub(crate) trait Driver: Send + Sync + Sized + 'static {
    /// Where a host is and who asks, with the password.
    type Options: Send + Sync + 'static;
    type Connection: Send + 'static;

    /// Starts a transaction that is isolated as much as the statements here expect.
    const BEGIN: &'static str;
    /// Makes a transaction's changes last.
    const COMMIT: &'static str = "COMMIT";
    /// Ends a transaction without an error where the server has done so already.
    const ROLLBACK: &'static str = "ROLLBACK";
    /// Lets the server take [`LONG_LIMIT`] for each statement, too.
    const LONG: &'static str;
    /// Whether every statement must be in a transaction that sets what it needs, because a connection is ours no longer.
    const IS_POOLED: bool = false;

    /// The hosts that a URL names, and what may be shown of it: hosts, ports and the database.
    fn hosts(url: &str) -> Result<(Hosts<Self>, String), OpenError>;

    /// The host's name and port, where each of its addresses is to be tried. `None` where there is nothing to look up, or
    /// where only the driver can, because it checks the certificate for the name that it connects to.
    fn lookup(options: &Self::Options) -> Option<(&str, u16)>;

    /// The same host, at this address.
    fn at(options: &Self::Options, address: SocketAddr) -> Self::Options;

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
///
/// Not one of the pools that there are as libraries: deadpool opens connections within the future of who asks, bb8 keeps
/// trying where a server refuses for good, and neither lets a connection count as used until it is known to be gone.
pub(crate) struct Pool<D: Driver>(Arc<OpenConnections<D>>);

impl<D: Driver> Pool<D> {
    /// With its first connection, so that it is known whether there can be any.
    pub(crate) async fn open(hosts: Hosts<D>, max_connections: usize) -> Result<Self, DatabaseError> {
        let pool = Self(Arc::new(OpenConnections::new(hosts, max_connections)));
        pool.reader().await.map(drop)?;
        Ok(pool)
    }

    /// A connection on which every statement is a transaction of its own, to read only.
    pub(crate) async fn reader(&self) -> Result<PooledConnection<D>, DatabaseError> {
        let mut refusal = None;
        let acquired = timeout(ACQUIRE_TIMEOUT, acquire(&self.0, &mut refusal)).await;
        acquired.unwrap_or_else(|_| Err(too_late(refusal)))
    }

    /// A connection on which every statement is a transaction of its own.
    pub(crate) async fn writer(&self) -> Result<PooledConnection<D>, DatabaseError> {
        let mut refusal = None;
        let acquiring = async {
            let writer = self.0.writer().await?;
            let connection = acquire(&self.0, &mut refusal).await?;
            Ok(connection.for_writer(writer))
        };
        let acquired = timeout(ACQUIRE_TIMEOUT, acquiring).await;
        acquired.unwrap_or_else(|_| Err(too_late(refusal)))
    }

    /// From now on this URL, which leads to `place`, is read again from its file, if it has one, when a host does not let
    /// its user in.
    pub(crate) fn follow(&self, url: &DatabaseUrl, place: &str) {
        self.0.hosts.follow(url, place);
    }

    /// Closes what is open. Connections that are somebody's are closed when they come back.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    /// Starts a transaction.
    pub(crate) async fn begin(&self) -> Result<OpenTransaction<D>, DatabaseError> {
        OpenTransaction::begin(self.writer().await?).await
    }
}

/// A server that is full has said why.
fn too_late(refusal: Option<DatabaseError>) -> DatabaseError {
    refusal.unwrap_or_else(|| {
        let reason = format!("no connection was to be had within {ACQUIRE_TIMEOUT:?}");
        DatabaseError::Unavailable(reason.into())
    })
}
