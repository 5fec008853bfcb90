//! What stands between us and a database's server.

use crate::database::{Connection, Database};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;

/// A connection pooler between us and PostgreSQL, such as PgBouncer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooler {
    /// None, or one whose connections are ours for as long as a session lasts.
    #[default]
    None,
    /// One whose connections to the server are ours only while a transaction lasts (PgBouncer's `pool_mode = transaction`):
    /// nothing may be kept in a session, neither settings nor prepared statements.
    Transaction,
}

/// Signs of a pooler between us and PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolerSigns {
    /// Each connection was served by a process of its own, and the server is reached as the URL says.
    None,
    /// The server itself was reached at another port than the URL names, or by a socket: by a pooler, or by something else that forwards
    /// connections.
    Forwarded {
        /// The server's own port; `None` for a socket.
        port: Option<u16>,
    },
    /// One process of the server served two connections, or two served one after another: a pooler gives them to others after each
    /// transaction.
    Transaction,
}

/// Who serves a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServedBy {
    /// The number of its process, and when that started.
    pub(crate) process: String,
    /// The port that it was reached at; `None` for a socket.
    pub(crate) port: Option<u16>,
}

/// Looks for a pooler by this connection, twice, and by a second one beside it, where there may be one and is; `None` where servers
/// do not tell.
pub(crate) async fn look<D: Database>(
    database: &D,
    url: &DatabaseUrl,
    first: &mut D::Connection,
) -> Result<Option<PoolerSigns>, DatabaseError> {
    let Some(one) = first.served_by().await? else {
        return Ok(None);
    };
    let other = match url.max_connections() > 1 {
        true => database.reader().await.ok(),
        false => None,
    };
    let other = match other {
        Some(mut other) => other.served_by().await?,
        None => None,
    };
    let again = first.served_by().await?;
    let seen = Seen { one, other, again };
    Ok(Some(seen.signs(database.place())))
}

/// Behind a pooler of transactions that is not set, a statement that was prepared on one connection is met on another one, where its
/// name may mean something else. Where nothing can be seen, nothing is refused.
pub(crate) async fn refuse_unset<D: Database>(database: &D, url: &DatabaseUrl) -> Result<(), DatabaseError> {
    if url.pooler() == Pooler::Transaction {
        return Ok(());
    }
    let Ok(mut first) = database.reader().await else {
        return Ok(());
    };
    match look(database, url, &mut first).await {
        Ok(Some(PoolerSigns::Transaction)) => Err(DatabaseError::Failed(
            "a pooler gives the server's connections to others after each transaction: set database.pooler = \"transaction\"".into(),
        )),
        _ => Ok(()),
    }
}

/// By whom connections were served.
struct Seen {
    one: ServedBy,
    /// A second connection.
    other: Option<ServedBy>,
    /// The first one later.
    again: Option<ServedBy>,
}

impl Seen {
    /// The place is `HOST:PORT,HOST:PORT/DATABASE`, where the path of a socket may be a host.
    fn signs(&self, place: &str) -> PoolerSigns {
        let Self { one, other, again } = self;
        let is_shared = [Some(one), again.as_ref()]
            .into_iter()
            .flatten()
            .any(|served| other.as_ref().is_some_and(|other| other.process == served.process));
        if is_shared || again.as_ref().is_some_and(|again| again.process != one.process) {
            return PoolerSigns::Transaction;
        }
        let (hosts, _) = place.rsplit_once('/').unwrap_or((place, ""));
        let is_reached = hosts.split(',').any(|host| match one.port {
            Some(port) => host.ends_with(&format!(":{port}")),
            None => host.starts_with('/'),
        });
        match is_reached {
            true => PoolerSigns::None,
            false => PoolerSigns::Forwarded { port: one.port },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pooler_shows_by_the_process_and_by_the_port() {
        let served = |process: u8, port| ServedBy {
            process: process.to_string(),
            port,
        };
        let signs = |one: &ServedBy, other: Option<&ServedBy>, again: &ServedBy, place| {
            let (one, other, again) = (one.clone(), other.cloned(), Some(again.clone()));
            Seen { one, other, again }.signs(place)
        };
        let one = served(7, Some(5432));
        for (other, place, expected) in [
            (8, "db:5432/app", PoolerSigns::None),
            (8, "standby:5433,db:5432/app", PoolerSigns::None),
            (8, "db:6432/app", PoolerSigns::Forwarded { port: Some(5432) }),
            (8, "/run/postgresql/app", PoolerSigns::Forwarded { port: Some(5432) }),
            (7, "db:5432/app", PoolerSigns::Transaction),
        ] {
            let other = served(other, Some(5432));
            assert_eq!(signs(&one, Some(&other), &one, place), expected, "{place}");
        }
        // The same connection has another process a moment later.
        let another = served(9, Some(5432));
        for other in [None, Some(&served(8, Some(5432))), Some(&another)] {
            assert_eq!(signs(&one, other, &another, "db:5432/app"), PoolerSigns::Transaction);
        }
        let by_socket = served(7, None);
        assert_eq!(
            signs(&by_socket, None, &by_socket, "/run/postgresql/app"),
            PoolerSigns::None
        );
        assert_eq!(
            signs(&by_socket, None, &by_socket, "db:6432/app"),
            PoolerSigns::Forwarded { port: None }
        );
    }
}
