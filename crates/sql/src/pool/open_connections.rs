use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use tokio::time::timeout;

use super::{Driver, Hosts, LONGEST_LIFE, PING_AFTER, PING_LIMIT};
use crate::database_error::DatabaseError;

/// Opens connections, and decides which of those that lie ready are still good.
pub(super) struct Opener<D: Driver> {
    hosts: Hosts<D>,
    /// When somebody last lost a connection or got no answer. What was opened before may be no better.
    lost: Mutex<Option<Instant>>,
}

/// An open connection.
pub(super) struct Link<D: Driver> {
    host: usize,
    pub(super) connection: D::Connection,
}

impl<D: Driver> Opener<D> {
    pub(super) fn new(hosts: Hosts<D>) -> Self {
        Self {
            hosts,
            lost: Mutex::new(None),
        }
    }

    pub(super) fn hosts(&self) -> &Hosts<D> {
        &self.hosts
    }

    /// Notes that the host at the other end of this connection did not answer, or said that it is no good for now.
    pub(super) fn lose(&self, link: &Link<D>) {
        self.hosts.avoid(link.host);
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_outdated(&self, metrics: &Metrics) -> bool {
        let lost = *self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.is_some_and(|lost| metrics.created <= lost) || metrics.age() > LONGEST_LIFE
    }
}

impl<D: Driver> Manager for Opener<D> {
    type Type = Link<D>;
    type Error = DatabaseError;

    async fn create(&self) -> Result<Link<D>, DatabaseError> {
        let (host, connection) = self.hosts.connect().await?;
        Ok(Link { host, connection })
    }

    /// An error closes the connection, and another one is taken or opened.
    async fn recycle(&self, link: &mut Link<D>, metrics: &Metrics) -> RecycleResult<DatabaseError> {
        if self.is_outdated(metrics) {
            return Err(RecycleError::message("it is outdated"));
        }
        if metrics.last_used() <= PING_AFTER {
            return Ok(());
        }
        let answer = timeout(PING_LIMIT, D::ping(&mut link.connection)).await;
        let failure = match answer {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => RecycleError::Backend(error),
            Err(_) => RecycleError::message("it does not answer"),
        };
        self.lose(link);
        Err(failure)
    }
}
