//! Values on their way to MySQL, and rows on their way back.

use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, MySql, Row as _, TypeInfo as _, ValueRef as _};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::error::database_error;
use super::instant;
use super::translation::translate;
use crate::database::Row;
use crate::database_error::DatabaseError;
use crate::statement::{Id, Statement, Value};

pub(super) fn query<'q>(statement: Statement, values: &[Value<'q>]) -> Query<'q, MySql, MySqlArguments> {
    let (text, in_order) = translate(statement.text, values);
    in_order
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
            Value::Id(id) => bound(query, id),
            Value::Text(text) => query.bind(text),
            Value::Boolean(boolean) => query.bind(boolean),
            Value::Integer(integer) => query.bind(integer),
            Value::Instant(instant) => query.bind(instant.map(instant::written)),
            Value::Bytes(bytes) => query.bind(bytes),
        })
}

pub(super) fn bound<'q>(query: Query<'q, MySql, MySqlArguments>, id: Id<'q>) -> Query<'q, MySql, MySqlArguments> {
    match id {
        Id::Text(text) => query.bind(text),
        Id::Guid(guid) | Id::LowerCaseGuid(guid) => query.bind(guid.map(|guid| guid.to_string())),
        Id::UpperCaseGuid(guid) => query.bind(guid.map(|guid| format!("{:X}", guid.hyphenated()))),
        Id::Bytes(bytes) => query.bind(bytes.map(|bytes| bytes.to_vec())),
        Id::Integer(integer) => query.bind(integer),
    }
}

impl Row for MySqlRow {
    fn id(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        let value = self.try_get_raw(column).map_err(database_error)?;
        match value.type_info().name() {
            "BINARY" | "VARBINARY" => {
                let bytes: Option<Vec<u8>> = self.try_get(column).map_err(database_error)?;
                let guid = bytes.map(|bytes| Uuid::from_slice(&bytes)).transpose();
                let guid = guid.map_err(|error| DatabaseError::Failed(Box::new(error)))?;
                Ok(guid.map(|guid| guid.to_string()))
            }
            "INT" | "BIGINT" => Ok(self.integer(column)?.map(|integer| integer.to_string())),
            _ => self.text(column),
        }
    }

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

    fn bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.try_get(column).map_err(database_error)
    }
}
