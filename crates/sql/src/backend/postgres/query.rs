//! Values on their way to PostgreSQL, and rows on their way back.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row as _, TypeInfo as _, ValueRef as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::database_error;
use super::timestamp::Timestamp;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::statement::{Id, Statement, Value};

/// The server keeps it prepared for the next time where `persistent`.
pub(super) fn query<'q>(
    statement: Statement,
    values: &[Value<'q>],
    persistent: bool,
) -> Query<'q, Postgres, PgArguments> {
    let query = sqlx::query(statement.text).persistent(persistent);
    values.iter().fold(query, |query, value| match *value {
        Value::Id(id) => bound(query, id),
        Value::Text(text) => query.bind(text),
        Value::Boolean(boolean) => query.bind(boolean),
        Value::Integer(integer) => query.bind(integer),
        Value::Instant(instant) => query.bind(instant.map(Timestamp)),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

fn bound<'q>(query: Query<'q, Postgres, PgArguments>, id: Id<'q>) -> Query<'q, Postgres, PgArguments> {
    match id {
        Id::Text(text) => query.bind(text),
        Id::Guid(guid) => query.bind(guid),
        Id::UpperCaseGuid(guid) => query.bind(guid.map(|guid| format!("{:X}", guid.hyphenated()))),
        Id::LowerCaseGuid(guid) => query.bind(guid.map(|guid| guid.to_string())),
        Id::Bytes(bytes) => query.bind(bytes.map(|bytes| bytes.to_vec())),
        Id::Integer(integer) => query.bind(integer),
    }
}

impl Row for PgRow {
    fn id(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        let value = self.try_get_raw(column).map_err(database_error)?;
        match value.type_info().name() {
            "UUID" => {
                let guid: Option<Uuid> = self.try_get(column).map_err(database_error)?;
                Ok(guid.map(|guid| guid.to_string()))
            }
            "INT2" | "INT4" | "INT8" => Ok(self.integer(column)?.map(|integer| integer.to_string())),
            _ => self.text(column),
        }
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }

    /// Whatever its width.
    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError> {
        self.try_get_unchecked(column).map_err(database_error)
    }

    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }

    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        let timestamp: Option<Timestamp> = self.try_get(column).map_err(database_error)?;
        Ok(timestamp.map(|Timestamp(instant)| instant))
    }

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }
}
