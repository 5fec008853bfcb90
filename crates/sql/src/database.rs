//! What one kind of database brings so that accounts can be kept in it.
//!
//! Everything that is the same in all of them is written once, in [`accounts`](crate::accounts),
//! [`schema`](crate::schema) and [`migrations`](crate::migrations), against these traits: the statements are in the SQL
//! that all of them understand, and what they do not share has a constant or a method here.
//!
//! A new kind is a folder in `backend` with an implementation of each trait, the tables of every version as EF Core's provider makes
//! them (`v1.sql` to `v3.sql`) and the way from the first to the second (`v1-to-v2.sql`), and an arm in
//! [`connect()`](crate::connect()).

use std::fmt::Debug;
use std::future::Future;

use time::OffsetDateTime;
use time::macros::datetime;

use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::key_repository::KeysTable;
use crate::schema::{Column, Index};
use crate::tables::{ColumnKind, Tables};

/// Says in the finest log which statement is sent, and never with which values: those are addresses and hashes.
pub(crate) fn trace(statement: &'static str) {
    tracing::trace!(target: "wicketgate_sql::statement", statement);
}

/// The values of a statement's parameters, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::database::Value::from($value)),*] };
}
pub(crate) use values;

/// .NET's `DateTimeOffset.MaxValue`, with which operators lock for ever.
pub(crate) const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);

/// Connections to a database of one kind.
pub(crate) trait Database: Debug + Send + Sync + Sized + 'static {
    /// A connection on which every statement is a transaction of its own.
    type Connection: Connection;
    /// Several statements that happen together or not at all. What is dropped without a commit is rolled back.
    type Transaction: Transaction;

    /// The tables in this database's own SQL, as EF Core's provider for it creates them.
    const TABLES: Tables;
    /// A page of accounts in the order of the index on their names: those after `$1`, at most `$2`.
    const LIST: &'static str;
    /// A page of ids and password hashes in the order of ids: those after `$1`, at most `$2`.
    const HASHES: &'static str;
    /// The table for keys in this database's own SQL.
    const KEYS: KeysTable;
    /// How long the columns for names and addresses let these be; `None` where columns have no length.
    const LONGEST_NAME: Option<usize> = None;
    /// The row of the account `$1`, locked until the transaction ends; see [`lock_user`](crate::accounts::lock_user).
    const LOCK_USER: &'static str;
    /// Any row of `AspNetUsers`.
    const PING: &'static str;
    /// Whether it is a server's, which may be away when it is opened, and be back later.
    const IS_SERVER: bool = true;
    /// Whether names that differ in case are two tables or columns.
    const NAMES_HAVE_CASE: bool = true;

    /// Finds out whether the database at `url` answers.
    fn open(url: &DatabaseUrl, purpose: Purpose) -> impl Future<Output = Result<Self, OpenError>> + Send;
    /// Path, or host, port and name: what may be shown of the URL.
    fn place(&self) -> &str;
    /// Whether a column of `declared_type` can hold what is kept in one that [`TABLES`](Self::TABLES) gives this
    /// definition.
    fn suits(definition: &str, declared_type: &str) -> bool {
        ColumnKind::of(definition) == ColumnKind::of(declared_type)
    }
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
    /// Whether what is written would still be found. Asked by every readiness probe, so it is cheap.
    fn check(&self) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async { Ok(()) }
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

/// Where statements can be run. Their parameters are `$1`, `$2` and so on, their names stand in double quotes.
pub(crate) trait Connection: Send {
    type Row: Row;

    /// From now on each statement may take minutes. Without this it is a request's statement, and a server has seconds to
    /// answer it. A file is there or is not.
    fn expect_long_statements(&mut self) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        async { Ok(()) }
    }

    /// From now on each statement is waited for so long.
    #[cfg(test)]
    fn set_limit(&mut self, _limit: std::time::Duration) {}

    /// Runs a statement and tells how many rows it met, changed or not.
    fn execute(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send;

    /// Runs a statement that makes a table or an index, in the database's own SQL.
    fn define(&mut self, statement: &'static str) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Runs a query.
    fn fetch_all(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, DatabaseError>> + Send;

    /// The first row of a query, if it has any.
    fn fetch_optional(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<Self::Row>, DatabaseError>> + Send;

    /// Every column of every table in the place where Identity's tables are or would be made.
    fn columns(&mut self) -> impl Future<Output = Result<Vec<Column>, DatabaseError>> + Send;

    /// Every index of these tables, by which those are found that a migration left out because it was cut off, or because
    /// somebody ran its statements by hand. `None` where their names are not to be relied on.
    fn indexes(&mut self) -> impl Future<Output = Result<Option<Vec<Index>>, DatabaseError>> + Send {
        async { Ok(None) }
    }

    /// Counts accounts that are locked at this time.
    fn count_locked(
        &mut self,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<LockedAccounts, DatabaseError>> + Send {
        const LOCKED: &str = r#"
            SELECT COUNT(*) AS "Locked" FROM "AspNetUsers" WHERE "LockoutEnabled" = $1 AND "LockoutEnd" >= $2"#;
        async move {
            let row = self.fetch_optional(LOCKED, values![true, Some(now)]).await?;
            let locked = row.map(|row| row.integer("Locked")).transpose()?.flatten();
            Ok(LockedAccounts {
                locked: locked.unwrap_or_default().unsigned_abs(),
                unreadable: 0,
            })
        }
    }
}

/// How many accounts are locked.
#[derive(Debug, Default)]
pub(crate) struct LockedAccounts {
    pub(crate) locked: u64,
    /// Accounts of which that cannot be told, because the end of their lockout is no date.
    pub(crate) unreadable: u64,
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

/// A row of an answer.
pub(crate) trait Row: Send + Sync {
    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError>;
    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError>;
    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError>;
    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError>;
}

/// The value of a statement's parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Text(Option<&'a str>),
    Boolean(bool),
    Integer(i64),
    Instant(Option<OffsetDateTime>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Option<OffsetDateTime>> for Value<'_> {
    fn from(instant: Option<OffsetDateTime>) -> Self {
        Self::Instant(instant)
    }
}
