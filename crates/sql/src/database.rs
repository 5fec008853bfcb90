//! What one kind of database brings so that accounts can be kept in it.
//!
//! Everything that is the same in all of them is written once, in [`accounts`](crate::accounts) and
//! [`schema`](crate::schema), against these traits: the statements are in the SQL that all of them understand, and what
//! they do not share has a constant or a method here.

use std::fmt::Debug;
use std::future::Future;

use time::OffsetDateTime;
use time::macros::datetime;

use crate::OpenError;
use crate::database_error::DatabaseError;
use crate::key_repository::KeysTable;
use crate::schema::Column;
use crate::tables::Tables;

/// .NET's `DateTimeOffset.MaxValue`, with which operators lock for ever.
pub(crate) const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);

/// Connections to a database of one kind.
pub(crate) trait Database: Debug + Send + Sync + Sized + 'static {
    /// A connection on which every statement is a transaction of its own.
    type Connection: Session;
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
    /// Any row of `AspNetUsers`.
    const PING: &'static str;

    /// Finds out whether the database at `url` answers.
    fn open(url: &str) -> impl Future<Output = Result<Self, OpenError>> + Send;
    /// Host, port and name: what may be shown of the URL.
    fn place(&self) -> &str;

    /// A connection for statements that only read.
    fn reader(&self) -> impl Future<Output = Result<Self::Connection, DatabaseError>> + Send;
    /// A connection for a single statement that writes.
    fn writer(&self) -> impl Future<Output = Result<Self::Connection, DatabaseError>> + Send;
    /// Starts a transaction that will write.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, DatabaseError>> + Send;
}

/// Where statements can be run. Their parameters are `$1`, `$2` and so on, their names stand in double quotes.
pub(crate) trait Session: Send {
    type Row: Row;

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
}

/// Statements that happen together.
pub(crate) trait Transaction: Session {
    /// Holds back every other transaction that asks for the same lock, until this one ends.
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

/// The values of a statement's parameters, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::database::Value::from($value)),*] };
}
pub(crate) use values;
