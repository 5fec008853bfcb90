//! What a pool needs to know of one kind of server.

use std::net::SocketAddr;

use crate::database::{Connection, Lock, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::open_error::OpenError;
use crate::pooler::ServedBy;
use crate::statement::{Statement, Value};

/// How one kind of server is spoken to.
pub(crate) trait Driver: Send + Sync + Sized + 'static {
    type Dialect: Dialect;
    /// Where a host is and who asks, with the password.
    type Options: Send + Sync + 'static;
    type Connection: Send + 'static;
    type Row: Row;
    /// What a transaction has to give back before it commits, of a lock that does not end with it.
    type Held: Send;

    /// Starts a transaction that is isolated as much as the statements here expect.
    const BEGIN: &'static str;
    /// Makes a transaction's changes last.
    const COMMIT: &'static str = "COMMIT";
    /// Ends a transaction without an error where the server has done so already.
    const ROLLBACK: &'static str = "ROLLBACK";
    /// Lets the server take [`LONG_LIMIT`](super::limits::LONG_LIMIT) for each statement, too.
    const LONG: &'static str;
    /// Whether every statement must be in a transaction that sets what it needs, because a connection is ours no longer.
    const IS_POOLED: bool = false;
    /// Whether a statement's future may be dropped anywhere, and [`ping`](Self::ping) then reads what is left of its answer. A
    /// driver that may have read half of a message would take its other half for the next one.
    const SKIPS_ANSWERS: bool = false;

    /// The host in a URL that names one.
    fn location(url: &str) -> Result<Location<Self::Options>, OpenError>;

    /// The host's name and port, where each of its addresses is to be tried. `None` where there is nothing to look up, or
    /// where only the driver can, because it checks the certificate for the name that it connects to.
    fn lookup(options: &Self::Options) -> Option<(&str, u16)>;

    /// The same host, at this address.
    fn at(options: &Self::Options, address: SocketAddr) -> Self::Options;

    /// Connects to a host.
    fn connect(options: &Self::Options) -> impl Future<Output = Result<Self::Connection, DatabaseError>> + Send;

    /// Whether the host takes writes.
    fn takes_writes(connection: &mut Self::Connection) -> impl Future<Output = Result<bool, DatabaseError>> + Send;

    /// Asks whether anybody is there.
    fn ping(connection: &mut Self::Connection) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Who serves the connection, where servers tell.
    fn served_by(
        _connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<Option<ServedBy>, DatabaseError>> + Send {
        async { Ok(None) }
    }

    /// Runs a statement in the database's own SQL, without parameters and rows.
    fn run(
        connection: &mut Self::Connection,
        statement: &'static str,
    ) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Runs a statement and tells how many rows it met.
    fn execute(
        connection: &mut Self::Connection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs a query.
    fn fetch_all(
        connection: &mut Self::Connection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, DatabaseError>> + Send;

    /// The first row of a query, if it has any.
    fn fetch_optional(
        connection: &mut Self::Connection,
        statement: Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<Self::Row>, DatabaseError>> + Send;

    /// Takes a lock, and gives what is left of it to do before the transaction commits. With [`Lock::Schema`] statements may
    /// take minutes.
    fn lock(
        transaction: &mut impl Connection,
        lock: Lock<'_>,
    ) -> impl Future<Output = Result<Option<Self::Held>, DatabaseError>> + Send;

    /// Commits a transaction with a lock that does not end with it.
    fn commit_with(
        transaction: &mut impl Connection,
        _held: Self::Held,
    ) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        transaction.define(Self::COMMIT)
    }
}

/// A host, as a URL has it.
#[derive(Debug)]
pub(crate) struct Location<O> {
    /// Name and port, for messages.
    pub(crate) name: String,
    pub(crate) database: String,
    pub(crate) options: O,
}

/// Connects to a host, which must take writes if it is one of `several`: a standby answers like its primary.
pub(super) async fn connect<D: Driver>(options: &D::Options, several: bool) -> Result<D::Connection, DatabaseError> {
    let mut connection = D::connect(options).await?;
    if several && !D::takes_writes(&mut connection).await? {
        return Err(DatabaseError::Unavailable("it takes no writes".into()));
    }
    Ok(connection)
}
