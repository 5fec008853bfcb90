//! What one kind of database brings so that accounts can be kept in it.
//!
//! Everything that is the same in all of them is written once, in [`accounts`](crate::accounts) and
//! [`schema`](crate::schema), against these traits: the statements are in the SQL
//! that all of them understand, and what they do not share has a constant or a method here.
//!
//! A new kind is a folder in `backend` with its [`Dialect`], an implementation of each trait here or, for a server, of
//! [`Driver`](crate::pool::Driver), and the tables as EF Core's provider makes them: `v2.sql`, and what is different before
//! and after it (`v1.sql`, `v1-to-v2.sql`, `v2-to-v3.sql`). Then an arm in [`connect()`](crate::connect()) finds it.

use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use time::OffsetDateTime;
use wicketgate_identity::store::ConnectionCounts;

use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::dialect::Dialect;
use crate::layout::Layout;
use crate::open_error::OpenError;
use crate::pooler::ServedBy;
use crate::statement::{Statement, Value, statement, values};

/// Connections to a database of one kind.
pub(crate) trait Database: Debug + Send + Sync + Sized + 'static {
    /// The SQL that it understands.
    type Dialect: Dialect;
    /// A connection on which every statement is a transaction of its own.
    type Connection: Connection<Dialect = Self::Dialect>;
    /// Several statements that happen together or not at all. What is dropped without a commit is rolled back.
    type Transaction: Transaction<Dialect = Self::Dialect>;

    /// Whether it is a server's, which may be away when it is opened, and be back later.
    const IS_SERVER: bool = true;

    /// Finds out whether the database at `url` answers.
    fn open(url: &DatabaseUrl, purpose: Purpose) -> impl Future<Output = Result<Self, OpenError>> + Send;
    /// Path, or host, port and name: what may be shown of the URL.
    fn place(&self) -> &str;
    /// From now on statements are for tables that are laid out so. Until then they are EF Core's own.
    fn lay_out(&mut self, layout: Arc<Layout>);
    /// How its tables are laid out.
    fn layout(&self) -> &Layout;
    /// From now on this URL is read again from its file, if it has one, when a server does not let its user in.
    fn follow(&self, _url: &DatabaseUrl) {}
    /// What comes between finding all tables there and the first request.
    fn before_serving(&self) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async { Ok(()) }
    }

    /// A connection for statements that only read.
    fn reader(&self) -> impl Future<Output = Result<Self::Connection, DatabaseError>> + Send;
    /// A connection for a single statement that writes.
    fn writer(&self) -> impl Future<Output = Result<Self::Connection, DatabaseError>> + Send;
    /// Starts a transaction that will write.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, DatabaseError>> + Send;
    /// Waits until what a step may have seen since then is there to stay, where that can be later than its end.
    fn settled(&self, _since: Instant) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async { Ok(()) }
    }
    /// Whether what is written would still be found. Asked by every readiness probe, so it is cheap.
    fn check(&self) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async { Ok(()) }
    }
    /// Its connections, where it is a server's.
    fn connections(&self) -> Option<ConnectionCounts> {
        None
    }
    /// Writes something that nobody ever sees. Asked only after something has failed.
    fn try_write(&self) -> impl Future<Output = Result<(), DatabaseError>> + Send;
    /// Ends all connections.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be read and written.
    Use,
    /// To find out what a migration would do, which changes nothing. A missing SQLite file stays missing.
    Plan,
    /// To be looked at while it belongs to somebody else: no byte of a SQLite file changes, and it has to be there.
    Inspect,
}

/// Where statements can be run.
pub(crate) trait Connection: Send {
    type Dialect: Dialect;
    type Row: Row;

    /// As [`Database::lay_out`], for this connection.
    fn lay_out(&mut self, layout: Arc<Layout>);

    /// How the tables are laid out.
    fn layout(&self) -> &Layout;

    /// Who serves the connection, where servers tell: by that a pooler shows.
    fn served_by(&mut self) -> impl Future<Output = Result<Option<ServedBy>, DatabaseError>> + Send {
        async { Ok(None) }
    }

    /// From now on each statement may take minutes. Without this it is a request's statement, which has seconds.
    fn expect_long_statements(&mut self) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async { Ok(()) }
    }

    /// From now on each statement is waited for so long.
    #[cfg(test)]
    fn set_limit(&mut self, _limit: std::time::Duration) {}

    /// Runs a statement and tells how many rows it met, changed or not.
    fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs a statement that makes a table or an index, in the database's own SQL.
    fn define(&mut self, statement: &'static str) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Runs a query.
    fn fetch_all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, DatabaseError>> + Send;

    /// The first row of a query, if it has any.
    fn fetch_optional(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<Self::Row>, DatabaseError>> + Send;

    /// Counts accounts that are locked at this time.
    fn count_locked(&mut self, now: OffsetDateTime) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
        const LOCKED: Statement = statement!(
            r#"
            SELECT COUNT(*) AS "Locked" FROM "AspNetUsers" WHERE "LockoutEnabled" = $1 AND "LockoutEnd" >= $2"#,
            [Boolean, Instant]
        );
        async move {
            let row = self.fetch_optional(LOCKED, values![true, now]).await?;
            let locked = row.map(|row| row.integer("Locked")).transpose()?.flatten();
            Ok(locked.unwrap_or_default().unsigned_abs())
        }
    }
}

/// Statements that happen together.
pub(crate) trait Transaction: Connection {
    /// Holds back every other transaction that asks for the same lock, until this one ends. With [`Lock::Schema`] its
    /// statements may take minutes.
    fn lock(&mut self, lock: Lock<'_>) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    fn commit(self) -> impl Future<Output = Result<(), DatabaseError>> + Send;
}

/// What is decided for one transaction at a time because no index of EF Core's schema settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock<'a> {
    /// Who may have this normalized address, where addresses must be unique.
    Address(&'a str),
    /// Who makes a key.
    Keys,
    /// Who changes the tables.
    Schema,
}

#[cfg(any(feature = "mssql", feature = "mysql", feature = "postgres"))]
impl Lock<'_> {
    /// For databases that have locks with names.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Address(address) => format!("wicketgate address {address}"),
            Self::Keys => "wicketgate keys".to_owned(),
            Self::Schema => "wicketgate schema".to_owned(),
        }
    }
}

/// A row of an answer.
pub(crate) trait Row: Send + Sync {
    /// An id of a user or a role, as .NET's `ToString()` writes it.
    fn id(&self, column: &'static str) -> Result<Option<String>, DatabaseError>;
    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError>;
    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError>;
    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError>;
    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError>;
    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, DatabaseError>;
}
