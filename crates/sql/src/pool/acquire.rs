//! How a request comes to a connection: it waits for one that somebody gives back or that is opened for it.
//!
//! A client can hang up at any moment, and its request's future is dropped wherever it waits then. So whatever speaks with
//! a server without being a statement of the request, such as the handshake of a new connection, runs in a task of its own
//! to its end. Servers count broken handshakes, and MySQL shuts out a host that breaks too many. What comes of such a task
//! is there for the next request.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::driver::Driver;
use super::limits::{PING_AFTER, PING_LIMIT};
use super::open_connections::{Link, OpenConnections, Place};
use super::pooled_connection::PooledConnection;
use crate::database_error::DatabaseError;

/// The first pause before a full server is asked again, and the longest: each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// A connection that is good as far as one can know. Meanwhile `refusal` is what a server said last that is full.
pub(super) async fn acquire<D: Driver>(
    pool: &Arc<OpenConnections<D>>,
    refusal: &mut Option<DatabaseError>,
) -> Result<PooledConnection<D>, DatabaseError> {
    loop {
        let link = tokio::select! {
            biased;
            link = pool.returned() => link?,
            opened = open(pool, refusal) => return opened,
        };
        if pool.is_outdated(&link) {
            continue;
        }
        if link.used.elapsed() <= PING_AFTER {
            return Ok(PooledConnection::new(link, Arc::clone(pool)));
        }
        if let Some(connection) = checked(pool, link).await {
            return Ok(connection);
        }
    }
}

/// Has the patience for a server that is full: whoever has a connection there ends sometime, and at most as many ask again as
/// may open connections at the same time.
async fn open<D: Driver>(
    pool: &Arc<OpenConnections<D>>,
    refusal: &mut Option<DatabaseError>,
) -> Result<PooledConnection<D>, DatabaseError> {
    let mut place = pool.place().await?;
    let mut pause = FIRST_PAUSE;
    loop {
        let opening = tokio::spawn(open_at(Arc::clone(pool), place)).await;
        match opening.map_err(|stopped| DatabaseError::Unavailable(Box::new(stopped)))? {
            Ok(connection) => return Ok(connection),
            Err((error, still_there)) if error.is_too_many_connections() => {
                *refusal = Some(error);
                place = still_there;
            }
            Err((error, _)) => return Err(error),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn open_at<D: Driver>(
    pool: Arc<OpenConnections<D>>,
    place: Place,
) -> Result<PooledConnection<D>, (DatabaseError, Place)> {
    let link = pool.open(place).await?;
    Ok(PooledConnection::new(link, pool))
}

/// The connection, if there is still somebody at its other end.
async fn checked<D: Driver>(pool: &Arc<OpenConnections<D>>, mut link: Link<D>) -> Option<PooledConnection<D>> {
    let pool = Arc::clone(pool);
    let check = async move {
        match timeout(PING_LIMIT, D::ping(&mut link.connection)).await {
            Ok(Ok(())) => Some(PooledConnection::new(link, pool)),
            Ok(Err(_)) | Err(_) => {
                pool.lose(&link);
                None
            }
        }
    };
    tokio::spawn(check).await.ok().flatten()
}
