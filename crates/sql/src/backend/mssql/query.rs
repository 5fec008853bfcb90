//! Values on their way to SQL Server, and rows on their way back.

use tiberius::{ColumnData, FromSql, Query, Row as TdsRow};
use time::OffsetDateTime;

use super::error::database_error;
use super::instant;
use super::translation::translate;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::statement::{Id, Statement, Value};

pub(super) fn query<'q>(statement: Statement, values: &[Value<'q>]) -> Query<'q> {
    let (text, sent) = translate(statement.text, values);
    let mut query = Query::new(text);
    for value in sent {
        match value {
            Value::Id(id) => bind(&mut query, id),
            Value::Text(text) => query.bind(text),
            Value::Boolean(boolean) => query.bind(boolean),
            Value::Integer(integer) => query.bind(integer),
            // A null is in the text.
            Value::Instant(instant) => query.bind(instant.map_or(ColumnData::DateTimeOffset(None), instant::written)),
            Value::Bytes(bytes) => query.bind(bytes),
        }
    }
    query
}

/// A null is in the text.
fn bind<'q>(query: &mut Query<'q>, id: Id<'q>) {
    match id {
        Id::Text(text) => query.bind(text),
        Id::Guid(guid) => query.bind(guid),
        Id::UpperCaseGuid(guid) => query.bind(guid.map(|guid| format!("{:X}", guid.hyphenated()))),
        Id::LowerCaseGuid(guid) => query.bind(guid.map(|guid| guid.to_string())),
        Id::Bytes(bytes) => query.bind(bytes.map(|bytes| bytes.to_vec())),
        Id::Integer(integer) => query.bind(integer),
    }
}

impl Row for TdsRow {
    fn id(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        match self.get_column_data(column).map_err(database_error)? {
            ColumnData::Guid(guid) => Ok(guid.map(|guid| guid.to_string())),
            ColumnData::I32(_) | ColumnData::I64(_) => Ok(self.integer(column)?.map(|integer| integer.to_string())),
            _ => self.text(column),
        }
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        get::<&str>(self, column).map(|text| text.map(str::to_owned))
    }

    /// Whatever its width.
    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError> {
        match self.get_column_data(column).map_err(database_error)? {
            ColumnData::U8(integer) => Ok(integer.map(i64::from)),
            ColumnData::I16(integer) => Ok(integer.map(i64::from)),
            ColumnData::I32(integer) => Ok(integer.map(i64::from)),
            ColumnData::I64(integer) => Ok(*integer),
            _ => Err(DatabaseError::Failed(format!("{column} is not an integer").into())),
        }
    }

    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError> {
        get(self, column).map(Option::unwrap_or_default)
    }

    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        match self.get_column_data(column).map_err(database_error)? {
            ColumnData::DateTimeOffset(written) => Ok(written.map(instant::read)),
            _ => Err(DatabaseError::Failed(format!("{column} is not an instant").into())),
        }
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, DatabaseError> {
        get::<&[u8]>(self, column).map(|bytes| bytes.map(<[u8]>::to_vec))
    }
}

fn get<'a, T: FromSql<'a>>(row: &'a TdsRow, column: &'static str) -> Result<Option<T>, DatabaseError> {
    row.try_get(column).map_err(database_error)
}
