//! Connections to the servers of one database, and how long anything is waited for.
//!
//! Every wait ends, whatever the server does: one that neither answers nor refuses (a frozen machine, a network that
//! swallows packets) costs a request seconds, and the connection is closed, because nobody can know what still comes on it.

mod acquire;
mod addresses;
mod driver;
mod hosts;
pub(crate) mod limits;
mod open_connections;
mod pooled_connection;
#[cfg(test)]
mod tests;
mod url_file;

use std::sync::Arc;

use tokio::time::timeout;
use wicketgate_identity::store::ConnectionCounts;

use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use acquire::acquire;
pub(crate) use driver::{Driver, Location};
pub(crate) use hosts::Hosts;
use limits::ACQUIRE_TIMEOUT;
use open_connections::OpenConnections;
pub(crate) use pooled_connection::{OpenTransaction, PooledConnection};

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

    /// How many connections there are.
    pub(crate) fn counts(&self) -> ConnectionCounts {
        self.0.counts()
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
