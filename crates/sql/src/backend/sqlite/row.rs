//! A row of an answer, copied out of SQLite.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::types::ValueRef;
use time::OffsetDateTime;

use super::cell::Cell;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::layout::key_form::KeyForm;

/// The columns of a statement's answers.
#[derive(Debug)]
pub(super) struct Columns {
    /// In order.
    names: Arc<[Box<str>]>,
    /// How long all texts of the last row were together.
    text_length: usize,
}

impl Columns {
    pub(super) fn new(names: Arc<[Box<str>]>) -> Self {
        Self { names, text_length: 0 }
    }
}

/// Values that stay when the statement goes on.
#[derive(Debug)]
pub(crate) struct SqliteRow {
    names: Arc<[Box<str>]>,
    cells: Vec<Kept>,
    /// All texts of the row.
    texts: String,
    /// The column behind the one that was asked for last: most are asked for in order.
    next: AtomicUsize,
    keys: KeyForm,
}

/// A value that was copied.
#[derive(Debug)]
enum Kept {
    Null,
    Integer(i64),
    Real(f64),
    /// Where it is among the texts of the row.
    Text(Range<usize>),
    Bytes(Box<[u8]>),
}

impl SqliteRow {
    pub(super) fn copy(columns: &mut Columns, row: &rusqlite::Row<'_>, keys: KeyForm) -> rusqlite::Result<Self> {
        let mut texts = String::with_capacity(columns.text_length);
        let mut cells = Vec::with_capacity(columns.names.len());
        for (index, _) in columns.names.iter().enumerate() {
            cells.push(Kept::copy(row.get_ref(index)?, &mut texts));
        }
        columns.text_length = texts.len();
        Ok(Self {
            names: Arc::clone(&columns.names),
            cells,
            texts,
            next: AtomicUsize::new(0),
            keys,
        })
    }

    fn cell(&self, column: &'static str) -> Result<Cell<'_>, DatabaseError> {
        let index = self.index(column);
        let kept = index.and_then(|index| self.cells.get(index));
        let kept = kept.ok_or_else(|| DatabaseError::Failed(format!("there is no column {column}").into()))?;
        Ok(kept.cell(&self.texts))
    }

    fn index(&self, column: &'static str) -> Option<usize> {
        let next = self.next.load(Ordering::Relaxed);
        let is_next = self.names.get(next).is_some_and(|name| **name == *column);
        let index = match is_next {
            true => next,
            false => self.names.iter().position(|name| **name == *column)?,
        };
        self.next.store(index + 1, Ordering::Relaxed);
        Some(index)
    }
}

impl Kept {
    fn copy(value: ValueRef<'_>, texts: &mut String) -> Self {
        match Cell::of(value) {
            Cell::Null => Self::Null,
            Cell::Integer(integer) => Self::Integer(integer),
            Cell::Real(real) => Self::Real(real),
            Cell::Text(text) => {
                let start = texts.len();
                texts.push_str(&text);
                Self::Text(start..texts.len())
            }
            Cell::Bytes(bytes) => Self::Bytes(bytes.into()),
        }
    }

    fn cell<'a>(&'a self, texts: &'a str) -> Cell<'a> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(integer) => Cell::Integer(*integer),
            Self::Real(real) => Cell::Real(*real),
            Self::Text(place) => Cell::Text(texts.get(place.clone()).unwrap_or_default().into()),
            Self::Bytes(bytes) => Cell::Bytes(bytes),
        }
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

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn row(select: &str) -> SqliteRow {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare(select).unwrap();
        let names = statement.column_names().into_iter().map(Box::from).collect();
        let mut columns = Columns::new(names);
        let row = statement.query_row([], |row| SqliteRow::copy(&mut columns, row, KeyForm::Text));
        row.unwrap()
    }

    #[test]
    fn columns_are_found_in_any_order_and_more_than_once() {
        let row =
            row(r#"SELECT 'ada' AS "a", 7 AS "b", NULL AS "c", CAST(x'41ff' AS TEXT) AS "d", x'07' AS "e", '' AS "f""#);
        for _ in 0..2 {
            assert_eq!(row.text("a").unwrap().as_deref(), Some("ada"));
            assert_eq!(row.integer("b").unwrap(), Some(7));
            assert_eq!(row.text("c").unwrap(), None);
            assert_eq!(row.text("d").unwrap().as_deref(), Some("A\u{fffd}"));
            assert_eq!(row.bytes("e").unwrap(), Some(vec![7]));
            assert_eq!(row.text("f").unwrap().as_deref(), Some(""));
        }
        assert_eq!(row.text("f").unwrap().as_deref(), Some(""));
        assert_eq!(row.text("b").unwrap().as_deref(), Some("7"));
        assert_eq!(row.text("a").unwrap().as_deref(), Some("ada"));
        let missing = row.text("g").unwrap_err();
        assert_eq!(missing.to_string(), "there is no column g");
        assert_eq!(row.integer("b").unwrap(), Some(7));
    }
}
