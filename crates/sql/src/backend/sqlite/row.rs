//! A row of an answer, copied out of SQLite.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use time::OffsetDateTime;

use super::date_time_offset;
use crate::database::Row;
use crate::database_error::DatabaseError;

/// The names of an answer's columns, in order.
pub(super) type Columns = Arc<[Box<str>]>;

/// Values that stay when the statement goes on.
#[derive(Debug)]
pub(crate) struct SqliteRow {
    columns: Columns,
    cells: Vec<Cell>,
}

/// What is in one column. Types are advice to SQLite: any column can hold any of them.
#[derive(Debug)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    /// Bytes, a real number, or a text that is none.
    Other,
}

impl SqliteRow {
    pub(super) fn copy(columns: &Columns, row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let cells = (0..columns.len()).map(|index| row.get_ref(index).map(Cell::copy));
        Ok(Self {
            columns: Arc::clone(columns),
            cells: cells.collect::<rusqlite::Result<_>>()?,
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
            ValueRef::Real(_) | ValueRef::Blob(_) => Self::Other,
        }
    }
}

impl Row for SqliteRow {
    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.clone())),
            Cell::Integer(_) | Cell::Other => Err(is_no(column, "text")),
        }
    }

    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Integer(integer) => Ok(Some(*integer)),
            Cell::Text(_) | Cell::Other => Err(is_no(column, "integer")),
        }
    }

    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError> {
        match self.cell(column)? {
            Cell::Integer(integer) => Ok(*integer != 0),
            Cell::Null | Cell::Text(_) | Cell::Other => Err(is_no(column, "boolean")),
        }
    }

    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => match date_time_offset::parse(text) {
                Ok(instant) => Ok(Some(instant)),
                Err(error) => Err(DatabaseError::Failed(format!("in column {column}: {error}").into())),
            },
            Cell::Integer(_) | Cell::Other => Err(is_no(column, "date")),
        }
    }
}

/// Without the value, which may be somebody's address.
fn is_no(column: &str, kind: &str) -> DatabaseError {
    DatabaseError::Failed(format!("what is in column {column} is no {kind}").into())
}
