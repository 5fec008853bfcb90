//! The open connections of a pool: those that nobody uses for now, and places for more of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use wicketgate_identity::store::ConnectionCounts;

use super::driver::Driver;
use super::hosts::Hosts;
use super::limits::{IDLE_LIMIT, LONGEST_LIFE, OPENINGS};
use crate::database_error::DatabaseError;

/// What everybody shares who uses one pool.
pub(super) struct OpenConnections<D: Driver> {
    pub(super) hosts: Hosts<D>,
    /// What was used last is at the end, and taken first: it need not be asked whether it still works.
    idle: Mutex<Vec<Link<D>>>,
    /// Has a permit for every idle connection. Who needs one waits here, in the order of arrival.
    returned: Semaphore,
    /// Has a permit for every connection that may yet be opened.
    places: Arc<Semaphore>,
    /// Has a permit for everybody who may yet come to write.
    writers: Arc<Semaphore>,
    /// Has a permit for every opening that may yet begin.
    openings: Arc<Semaphore>,
    /// When somebody last lost a connection, got no answer, or found one out of date. What was opened before may be no better.
    found_bad: Mutex<Option<Instant>>,
    most: usize,
}

/// An open connection. Who drops it closes it, and makes room for another one.
pub(super) struct Link<D: Driver> {
    host: usize,
    pub(super) connection: D::Connection,
    /// When that began.
    opened: Instant,
    pub(super) used: Instant,
    /// How many answers on it were read that nobody waited for.
    pub(super) skipped: u32,
    /// Among all sessions at the host.
    session: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl<D: Driver> Link<D> {
    /// Closes it when the server has answered what was asked last, or after so long. Until then the server has a session
    /// for it, so it counts as one that is used at its host: hundreds that are given up do not use up those of the server.
    /// At another host it does not count.
    pub(super) fn outlast(self, at_most: Duration) {
        let Self {
            mut connection,
            session,
            ..
        } = self;
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            let _ = timeout(at_most, D::ping(&mut connection)).await;
            drop(connection);
            drop(session);
        });
    }
}

/// The right to open a connection.
pub(super) struct Place {
    place: OwnedSemaphorePermit,
    _opening: OwnedSemaphorePermit,
}

impl<D: Driver> OpenConnections<D> {
    pub(super) fn new(hosts: Hosts<D>, most: usize) -> Self {
        Self {
            hosts: hosts.with_sessions(most),
            idle: Mutex::new(Vec::new()),
            returned: Semaphore::new(0),
            places: Arc::new(Semaphore::new(most)),
            writers: Arc::new(Semaphore::new(most - reserved_for_readers(most))),
            openings: Arc::new(Semaphore::new(OPENINGS)),
            found_bad: Mutex::new(None),
            most,
        }
    }

    /// How many there are.
    pub(super) fn counts(&self) -> ConnectionCounts {
        let open = self.most.saturating_sub(self.places.available_permits());
        ConnectionCounts {
            open,
            in_use: open.saturating_sub(self.returned.available_permits()),
            most: self.most,
        }
    }

    /// Waits until there may be one more writer.
    pub(super) async fn writer(&self) -> Result<OwnedSemaphorePermit, DatabaseError> {
        Arc::clone(&self.writers).acquire_owned().await.map_err(|_| closed())
    }

    /// Waits until somebody gives a connection back. It may be no good any more; see [`is_outdated`](Self::is_outdated).
    pub(super) async fn returned(&self) -> Result<Link<D>, DatabaseError> {
        let permit = self.returned.acquire().await.map_err(|_| closed())?;
        permit.forget();
        self.idle().pop().ok_or_else(closed)
    }

    /// Waits until there may be one more connection, and until not too many are being opened.
    pub(super) async fn place(&self) -> Result<Place, DatabaseError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| closed())?;
        let opening = Arc::clone(&self.openings).acquire_owned().await.map_err(|_| closed())?;
        Ok(Place {
            place,
            _opening: opening,
        })
    }

    /// Opens a connection; gives the place back if there is none to be had.
    pub(super) async fn open(&self, place: Place) -> Result<Link<D>, (DatabaseError, Place)> {
        let opened = Instant::now();
        let (host, connection, session) = match self.hosts.connect().await {
            Ok(connected) => connected,
            Err(error) => return Err((error, place)),
        };
        Ok(Link {
            host,
            connection,
            opened,
            used: Instant::now(),
            skipped: 0,
            session,
            _place: place.place,
        })
    }

    /// For whoever comes next. Of those that lie idle the oldest goes if nobody has needed it for long.
    pub(super) fn give_back(&self, mut link: Link<D>) {
        link.used = Instant::now();
        let mut idle = self.idle();
        if self.returned.is_closed() {
            return;
        }
        idle.push(link);
        self.returned.add_permits(1);
        let unneeded = idle.first().is_some_and(|link| link.used.elapsed() > IDLE_LIMIT);
        if unneeded && let Ok(permit) = self.returned.try_acquire() {
            permit.forget();
            idle.remove(0);
        }
    }

    /// Notes that the host at the other end of this connection did not answer, or said that it is no good for now.
    pub(super) fn lose(&self, link: &Link<D>) {
        self.hosts.avoid(link.host);
        self.renew();
    }

    /// Uses no connection any more that is open now: their memory of the database is out of date.
    pub(super) fn renew(&self) {
        *self.found_bad.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(super) fn is_outdated(&self, link: &Link<D>) -> bool {
        let found_bad = *self.found_bad.lock().unwrap_or_else(PoisonError::into_inner);
        found_bad.is_some_and(|found_bad| link.opened <= found_bad) || link.opened.elapsed() > LONGEST_LIFE
    }

    /// Closes those that nobody uses, and the others when they come back. Nobody gets one any more.
    pub(super) fn close(&self) {
        let mut idle = self.idle();
        self.returned.close();
        self.places.close();
        self.writers.close();
        idle.clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Link<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fifth of the connections, at least one of several. Writers may all have to wait for somebody who has locked what they
/// write; readers never do.
fn reserved_for_readers(most: usize) -> usize {
    (most / 5).max(1).min(most.saturating_sub(1))
}

fn closed() -> DatabaseError {
    DatabaseError::Unavailable("the database's connections are closed".into())
}
