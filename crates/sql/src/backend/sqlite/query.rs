//! A statement with its values, as SQLite takes them.

use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use super::date_time_offset;
use super::row::SqliteRow;
use crate::database_error::DatabaseError;
use crate::statement::{Statement, Value};

/// A statement that can be run here, or on another thread once it owns its values.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(super) text: &'static str,
    pub(super) values: Vec<ToSqlOutput<'a>>,
    pub(super) wanted: Wanted,
}

/// What of the answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// How many rows it met.
    Count,
    Rows,
    FirstRow,
    /// Nothing: these are statements in SQLite's own SQL, several perhaps.
    Nothing,
}

/// What was wanted of it; the rest is empty.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(super) count: u64,
    pub(super) rows: Vec<SqliteRow>,
}

impl<'a> Query<'a> {
    pub(super) fn new(statement: Statement, values: &[Value<'a>], wanted: Wanted) -> Result<Self, DatabaseError> {
        statement.check_and_trace(values)?;
        Ok(Self {
            text: statement.text,
            values: values.iter().map(bound).collect(),
            wanted,
        })
    }

    pub(super) fn definition(text: &'static str) -> Self {
        Self {
            text,
            values: Vec::new(),
            wanted: Wanted::Nothing,
        }
    }

    pub(super) fn to_owned(&self) -> Query<'static> {
        Query {
            text: self.text,
            values: self.values.iter().map(owned).collect(),
            wanted: self.wanted,
        }
    }
}

fn bound<'a>(value: &Value<'a>) -> ToSqlOutput<'a> {
    match *value {
        Value::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Boolean(boolean) => ToSqlOutput::Owned(Owned::Integer(boolean.into())),
        Value::Integer(integer) => ToSqlOutput::Owned(Owned::Integer(integer)),
        Value::Instant(Some(instant)) => ToSqlOutput::Owned(Owned::Text(date_time_offset::format(instant))),
        Value::Text(None) | Value::Instant(None) => ToSqlOutput::Owned(Owned::Null),
    }
}

fn owned(value: &ToSqlOutput<'_>) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(match value {
        ToSqlOutput::Owned(value) => value.clone(),
        ToSqlOutput::Borrowed(ValueRef::Text(bytes)) => Owned::Text(String::from_utf8_lossy(bytes).into_owned()),
        _ => Owned::Null,
    })
}
