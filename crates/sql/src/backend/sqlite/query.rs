//! A statement with its values, as SQLite takes them.

use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use super::date_time_offset;
use super::row::SqliteRow;
use crate::database_error::DatabaseError;
use crate::layout::Layout;
use crate::layout::key_form::KeyForm;
use crate::statement::{Id, Statement, Value};

/// A statement that can be run here, or on another thread once it owns its values.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(super) text: &'static str,
    pub(super) values: Vec<ToSqlOutput<'a>>,
    pub(super) wanted: Wanted,
    /// How the ids in the answer are kept.
    pub(super) keys: KeyForm,
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
    /// The statement as it is in a database with this layout.
    pub(super) fn new(
        layout: &Layout,
        statement: Statement,
        values: &[Value<'a>],
        wanted: Wanted,
    ) -> Result<Self, DatabaseError> {
        statement.check_and_trace(values)?;
        Ok(Self {
            text: layout.statement(statement).text,
            values: layout.values(values).iter().map(bound).collect(),
            wanted,
            keys: layout.keys(),
        })
    }

    pub(super) fn definition(layout: &Layout, text: &'static str) -> Self {
        Self {
            text: layout.definition(text),
            values: Vec::new(),
            wanted: Wanted::Nothing,
            keys: layout.keys(),
        }
    }

    pub(super) fn to_owned(&self) -> Query<'static> {
        Query {
            text: self.text,
            values: self.values.iter().map(owned).collect(),
            wanted: self.wanted,
            keys: self.keys,
        }
    }
}

fn bound<'a>(value: &Value<'a>) -> ToSqlOutput<'a> {
    match *value {
        Value::Id(id) => bound_id(id),
        Value::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Boolean(boolean) => ToSqlOutput::Owned(Owned::Integer(boolean.into())),
        Value::Integer(integer) => ToSqlOutput::Owned(Owned::Integer(integer)),
        Value::Instant(Some(instant)) => ToSqlOutput::Owned(Owned::Text(date_time_offset::format(instant))),
        Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Value::Text(None) | Value::Instant(None) => ToSqlOutput::Owned(Owned::Null),
    }
}

fn bound_id(id: Id<'_>) -> ToSqlOutput<'_> {
    let guid_text = |text: Option<String>| text.map(Owned::Text);
    let owned = match id {
        Id::Text(text) => return ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Id::Guid(guid) | Id::UpperCaseGuid(guid) => guid_text(guid.map(|guid| format!("{:X}", guid.hyphenated()))),
        Id::LowerCaseGuid(guid) => guid_text(guid.map(|guid| guid.to_string())),
        Id::Bytes(bytes) => bytes.map(|bytes| Owned::Blob(bytes.to_vec())),
        Id::Integer(integer) => integer.map(Owned::Integer),
    };
    ToSqlOutput::Owned(owned.unwrap_or(Owned::Null))
}

fn owned(value: &ToSqlOutput<'_>) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(match value {
        ToSqlOutput::Owned(value) => value.clone(),
        ToSqlOutput::Borrowed(ValueRef::Text(bytes)) => Owned::Text(String::from_utf8_lossy(bytes).into_owned()),
        ToSqlOutput::Borrowed(ValueRef::Blob(bytes)) => Owned::Blob(bytes.to_vec()),
        _ => Owned::Null,
    })
}
