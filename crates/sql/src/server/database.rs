//! A database on a server, or on one of several hosts.

use std::fmt;
use std::sync::Arc;

use wicketgate_identity::store::ConnectionCounts;

use super::connection::OnServer;
use crate::accounts;
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::layout::Layout;
use crate::open_error::OpenError;
use crate::pool::{Driver, Hosts, OpenTransaction, Pool, PooledConnection};

/// A database of the server's, reached through a pool of connections.
pub(crate) struct ServerDatabase<D: Driver> {
    pool: Pool<D>,
    place: String,
    layout: Arc<Layout>,
}

impl<D: Driver> Database for ServerDatabase<D> {
    type Dialect = D::Dialect;
    type Connection = OnServer<D, PooledConnection<D>>;
    type Transaction = OnServer<D, OpenTransaction<D>>;

    async fn open(url: &DatabaseUrl, _: Purpose) -> Result<Self, OpenError> {
        let (hosts, place) = Hosts::in_url(url.as_str())?;
        match Pool::open(hosts, url.max_connections()).await {
            Ok(pool) => Ok(Self {
                pool,
                place,
                layout: Arc::default(),
            }),
            Err(error) => Err(OpenError::of_server(&place, &error)),
        }
    }

    fn place(&self) -> &str {
        &self.place
    }

    fn lay_out(&mut self, layout: Arc<Layout>) {
        self.layout = layout;
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn follow(&self, url: &DatabaseUrl) {
        self.pool.follow(url, &self.place);
    }

    async fn reader(&self) -> Result<Self::Connection, DatabaseError> {
        let connection = self.pool.reader().await?;
        Ok(OnServer::new(connection, Arc::clone(&self.layout)))
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        let connection = self.pool.writer().await?;
        Ok(OnServer::new(connection, Arc::clone(&self.layout)))
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        let connection = self.pool.begin().await?;
        Ok(OnServer::new(connection, Arc::clone(&self.layout)))
    }

    fn connections(&self) -> Option<ConnectionCounts> {
        Some(self.pool.counts())
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        accounts::try_write(self).await
    }

    async fn close(self) {
        self.pool.close();
    }
}

impl<D: Driver> fmt::Debug for ServerDatabase<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerDatabase({})", self.place)
    }
}
