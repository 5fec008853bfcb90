//! Values on their way to MySQL, and rows on their way back.

use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, MySql, Row as _};
use time::{OffsetDateTime, PrimitiveDateTime};

use super::error::database_error;
use super::instant;
use super::translation::translate;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::statement::{Statement, Value};

pub(super) fn query<'q>(statement: Statement, values: &[Value<'q>]) -> Query<'q, MySql, MySqlArguments> {
    let (text, in_order) = translate(statement.text, values);
    in_order
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Boolean(boolean) => query.bind(boolean),
            Value::Integer(integer) => query.bind(integer),
            Value::Instant(instant) => query.bind(instant.map(instant::written)),
        })
}

impl Row for MySqlRow {
    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }

    fn integer(&self, column: &'static str) -> Result<Option<i64>, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }

    fn boolean(&self, column: &'static str) -> Result<bool, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }

    fn instant(&self, column: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        let datetime: Option<PrimitiveDateTime> = self.try_get(column).map_err(database_error)?;
        Ok(datetime.map(instant::read))
    }
}
