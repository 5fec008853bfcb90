//! A row of an answer, copied out of SQLite.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use time::OffsetDateTime;
use uuid::Uuid;

use super::date_time_offset;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::layout::key_form::KeyForm;

/// The names of an answer's columns, in order.
pub(super) type Columns = Arc<[Box<str>]>;

/// Values that stay when the statement goes on.
#[derive(Debug)]
pub(crate) struct SqliteRow {
    columns: Columns,
    cells: Vec<Cell>,
    keys: KeyForm,
}

/// What is in one column. Types are advice to SQLite: any column can hold any of them.
#[derive(Debug)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    /// The 16 bytes of a Guid.
    Guid([u8; 16]),
    /// Other bytes, a real number, or a text that is none.
    Other,
}

impl SqliteRow {
    pub(super) fn copy(columns: &Columns, row: &rusqlite::Row<'_>, keys: KeyForm) -> rusqlite::Result<Self> {
        let cells = (0..columns.len()).map(|index| row.get_ref(index).map(Cell::copy));
        Ok(Self {
            columns: Arc::clone(columns),
            cells: cells.collect::<rusqlite::Result<_>>()?,
            keys,
        })
    }

    fn cell(&self, column: &'static str) -> Result<&Cell, DatabaseError> {
        let index = self.columns.iter().position(|name| **name == *column);
        let cell = index.and_then(|index| self.cells.get(index));
        cell.ok_or_else(|| DatabaseError::Failed(format!("there is no column {column}").into()))
    }
}

impl Cell {
    fn copy(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(integer) => Self::Integer(integer),
            ValueRef::Text(bytes) => str::from_utf8(bytes).map_or(Self::Other, |text| Self::Text(text.to_owned())),
            ValueRef::Blob(bytes) => bytes.try_into().map_or(Self::Other, Self::Guid),
            ValueRef::Real(_) => Self::Other,
        }
    }
}

impl Row for SqliteRow {
    /// Whatever it is kept as: columns of one table may hold different kinds of values.
    fn id(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        match (self.cell(column)?, self.keys) {
            (Cell::Guid(bytes), _) => Ok(Some(Uuid::from_bytes_le(*bytes).to_string())),
            (Cell::Integer(integer), _) => Ok(Some(integer.to_string())),
            (Cell::Text(text), KeyForm::UpperCaseGuid) => Ok(Some(text.to_ascii_lowercase())),
            _ => self.text(column),
        }
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.clone())),
            Cell::Integer(_) | Cell::Guid(_) | Cell::Other => Err(is_no(column, "text")),
        }
    }

    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Integer(integer) => Ok(Some(*integer)),
            Cell::Text(_) | Cell::Guid(_) | Cell::Other => Err(is_no(column, "integer")),
        }
    }

    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError> {
        match self.cell(column)? {
            Cell::Integer(integer) => Ok(*integer != 0),
            Cell::Null | Cell::Text(_) | Cell::Guid(_) | Cell::Other => Err(is_no(column, "boolean")),
        }
    }

    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => match date_time_offset::parse(text) {
                Ok(instant) => Ok(Some(instant)),
                Err(error) => Err(DatabaseError::Failed(format!("in column {column}: {error}").into())),
            },
            Cell::Integer(_) | Cell::Guid(_) | Cell::Other => Err(is_no(column, "date")),
        }
    }
}

/// Without the value, which may be somebody's address.
fn is_no(column: &str, kind: &str) -> DatabaseError {
    DatabaseError::Failed(format!("what is in column {column} is no {kind}").into())
}
