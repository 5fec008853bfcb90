//! Statements, and the values that are sent with them.

use time::OffsetDateTime;
use uuid::Uuid;
use wicketgate_identity::UserId;

use crate::database_error::DatabaseError;

/// A statement in the SQL that all databases understand. Its parameters are `$1`, `$2` and so on, its names stand in double
/// quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) text: &'static str,
    /// What can be sent for each parameter, in order.
    pub(crate) parameters: &'static [Parameter],
}

/// What can be sent for a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// An id of a user or a role.
    Id,
    Text,
    NullableText,
    Boolean,
    Integer,
    Instant,
    NullableInstant,
    Bytes,
}

/// A statement, with the kind of each of its parameters behind it: `statement!("… $1 … $2", [Text, Integer])`.
macro_rules! statement {
    ($text:expr $(,)?) => {
        $crate::statement::statement!($text, [])
    };
    ($text:expr, [$($parameter:ident),*] $(,)?) => {
        $crate::statement::Statement {
            text: $text,
            parameters: &[$($crate::statement::Parameter::$parameter),*],
        }
    };
}
pub(crate) use statement;

impl Statement {
    /// Says in the finest log that it is sent, and never with which values: those are addresses and hashes.
    ///
    /// # Errors
    /// It does not take these values, and must not be sent: for SQLite one that is missing is a null.
    pub(crate) fn check_and_trace(self, values: &[Value<'_>]) -> Result<(), DatabaseError> {
        if !self.takes(values) {
            let reason = format!("these are not the values of the statement {}", self.text);
            return Err(DatabaseError::Failed(reason.into()));
        }
        trace(self.text);
        Ok(())
    }

    fn takes(self, values: &[Value<'_>]) -> bool {
        let mut pairs = self.parameters.iter().zip(values);
        self.parameters.len() == values.len() && pairs.all(|(parameter, value)| parameter.takes(value))
    }
}

/// Says in the finest log what is sent.
pub(crate) fn trace(statement: &'static str) {
    tracing::trace!(target: "wicketgate_sql::statement", statement);
}

impl Parameter {
    fn takes(self, value: &Value<'_>) -> bool {
        matches!(
            (self, value),
            (Self::Id, Value::Id(_))
                | (Self::Text, Value::Text(Some(_)))
                | (Self::NullableText, Value::Text(_))
                | (Self::Boolean, Value::Boolean(_))
                | (Self::Integer, Value::Integer(_))
                | (Self::Instant, Value::Instant(Some(_)))
                | (Self::NullableInstant, Value::Instant(_))
                | (Self::Bytes, Value::Bytes(_))
        )
    }
}

/// The value of a statement's parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Id(Id<'a>),
    Text(Option<&'a str>),
    Boolean(bool),
    Integer(i64),
    Instant(Option<OffsetDateTime>),
    Bytes(&'a [u8]),
}

/// An id of a user or a role, as a text until its database's [`Layout`](crate::layout::Layout) gives it another form. A null is what
/// is no id in that form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Id<'a> {
    Text(&'a str),
    /// In a column of that type.
    Guid(Option<Uuid>),
    UpperCaseGuid(Option<Uuid>),
    LowerCaseGuid(Option<Uuid>),
    Bytes(Option<[u8; 16]>),
    Integer(Option<i64>),
}

/// The values of a statement's parameters, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::statement::Value::from($value)),*] };
}
pub(crate) use values;

impl<'a> From<&'a UserId> for Value<'a> {
    fn from(id: &'a UserId) -> Self {
        Self::Id(Id::Text(id.as_str()))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<OffsetDateTime> for Value<'_> {
    fn from(instant: OffsetDateTime) -> Self {
        Self::Instant(Some(instant))
    }
}

impl From<Option<OffsetDateTime>> for Value<'_> {
    fn from(instant: Option<OffsetDateTime>) -> Self {
        Self::Instant(instant)
    }
}

/// For tests that look at statements without sending them.
#[cfg(test)]
impl Statement {
    /// Values that it takes: this text, and no nulls.
    pub(crate) fn some_values(self, text: &'static str) -> Vec<Value<'static>> {
        let value = |parameter: &Parameter| match parameter {
            Parameter::Id => Value::Id(Id::Text(text)),
            Parameter::Text | Parameter::NullableText => Value::from(text),
            Parameter::Boolean => Value::from(true),
            Parameter::Integer => Value::from(1),
            Parameter::Instant | Parameter::NullableInstant => Value::from(OffsetDateTime::UNIX_EPOCH),
            Parameter::Bytes => Value::from(text.as_bytes()),
        };
        self.parameters.iter().map(value).collect()
    }

    /// The same with as many nulls as it takes.
    pub(crate) fn some_values_and_nulls(self, text: &'static str) -> Vec<Value<'static>> {
        let value = |(parameter, value): (&Parameter, Value<'static>)| match parameter {
            Parameter::NullableText => Value::Text(None),
            Parameter::NullableInstant => Value::Instant(None),
            _ => value,
        };
        self.parameters.iter().zip(self.some_values(text)).map(value).collect()
    }

    pub(crate) fn takes_nulls(self) -> bool {
        let is_nullable =
            |parameter: &Parameter| matches!(parameter, Parameter::NullableText | Parameter::NullableInstant);
        self.parameters.iter().any(is_nullable)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::backend::sqlite::SqliteDatabase;
    use crate::database::{Connection, Database, Purpose};

    #[test]
    fn a_statement_takes_values_of_its_parameters_kinds() {
        const NAME: Option<&str> = None;
        let statement = statement!("… $1 … $2 … $3", [Text, NullableText, Integer]);
        assert!(statement.takes(values!["a", NAME, 1]));
        assert!(statement.takes(values!["a", "b", 1]));
        let refused: [&[Value<'_>]; 4] = [
            values![NAME, NAME, 1],
            values!["a", NAME],
            values!["a", NAME, 1, 2],
            values!["a", true, 1],
        ];
        for values in refused {
            assert!(!statement.takes(values), "{values:?}");
        }
    }

    #[tokio::test]
    async fn a_value_that_is_missing_is_not_taken_for_a_null() {
        const IS_NULL: Statement = statement!(r#"SELECT $1 IS NULL AS "IsNull""#, [NullableText]);
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}/app.db", folder.path().display());
        let database = SqliteDatabase::open(&url.as_str().into(), Purpose::Use).await.unwrap();
        let mut reader = database.reader().await.unwrap();
        let refused = reader.fetch_optional(IS_NULL, &[]).await.map(drop).unwrap_err();
        assert!(matches!(refused, DatabaseError::Failed(_)), "{refused}");
        reader.fetch_optional(IS_NULL, values!["a"]).await.map(drop).unwrap();
    }
}
