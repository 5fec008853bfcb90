//! Values on their way to PostgreSQL, and rows on their way back.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row as _};
use time::OffsetDateTime;

use super::error::database_error;
use super::timestamp::Timestamp;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::statement::{Statement, Value};

/// The server keeps it prepared for the next time where `persistent`.
pub(super) fn query<'q>(
    statement: Statement,
    values: &[Value<'q>],
    persistent: bool,
) -> Query<'q, Postgres, PgArguments> {
    let query = sqlx::query(statement.text).persistent(persistent);
    values.iter().fold(query, |query, value| match *value {
        Value::Text(text) => query.bind(text),
        Value::Boolean(boolean) => query.bind(boolean),
        Value::Integer(integer) => query.bind(integer),
        Value::Instant(instant) => query.bind(instant.map(Timestamp)),
    })
}

impl Row for PgRow {
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
}
