//! A row of an answer, copied out of SQLite.

use std::sync::Arc;

use time::OffsetDateTime;

use super::cell::Cell;
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

impl Row for SqliteRow {
    /// Whatever it is kept as: columns of one table may hold different kinds of values.
    fn id(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        let cell = self.cell(column)?;
        let id = cell.guid().map(|guid| guid.to_string()).or_else(|| cell.text());
        Ok(match self.keys {
            KeyForm::UpperCaseGuid => id.map(|id| id.to_ascii_lowercase()),
            _ => id,
        })
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        Ok(self.cell(column)?.text())
    }

    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError> {
        Ok(self.cell(column)?.integer())
    }

    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError> {
        self.cell(column)?.boolean().ok_or_else(|| is_no(column, "boolean"))
    }

    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        self.cell(column)?.instant().map_err(|_| is_no(column, "date"))
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, DatabaseError> {
        Ok(self.cell(column)?.bytes())
    }
}

/// Without the value, which may be somebody's address.
fn is_no(column: &str, kind: &str) -> DatabaseError {
    DatabaseError::Failed(format!("what is in column {column} is no {kind}; `check-dotnet` counts such rows").into())
}
