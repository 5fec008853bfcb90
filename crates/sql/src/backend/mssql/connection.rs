//! Statements on a connection.

use tiberius::{ColumnData, Query, Row as TdsRow};

use super::driver::{SqlServerDriver, quietly};
use super::instant;
use super::translation::translate;
use crate::database::{Connection, Lock, Row, Transaction, Value, trace};
use crate::database_error::DatabaseError;
use crate::pool::{OpenTransaction, PooledConnection};
use crate::schema::{self, Column};

/// A connection, or a transaction on one.
#[derive(Debug)]
pub(crate) struct SqlServerConnection<C>(pub(super) C);

impl<C: AsMut<PooledConnection<SqlServerDriver>> + Send> Connection for SqlServerConnection<C> {
    type Row = TdsRow;

    async fn expect_long_statements(&mut self) -> Result<(), DatabaseError> {
        self.0.as_mut().expect_long_statements().await
    }

    #[cfg(test)]
    fn set_limit(&mut self, limit: std::time::Duration) {
        self.0.as_mut().set_limit(limit);
    }

    async fn execute(&mut self, statement: &'static str, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let (client, answer) = self.0.as_mut().ask_to_write()?;
        let done = quietly(query(statement, values).execute(client));
        Ok(answer.of(done).await?.total())
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        self.0.as_mut().run(statement).await
    }

    async fn fetch_all(&mut self, statement: &'static str, values: &[Value<'_>]) -> Result<Vec<TdsRow>, DatabaseError> {
        let (client, answer) = self.0.as_mut().ask()?;
        let query = query(statement, values);
        let rows = quietly(async { query.query(client).await?.into_first_result().await });
        answer.of(rows).await
    }

    async fn fetch_optional(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<TdsRow>, DatabaseError> {
        let rows = self.fetch_all(statement, values).await?;
        Ok(rows.into_iter().next())
    }

    /// Who makes tables holds up everybody who looks for some.
    async fn columns(&mut self) -> Result<Vec<Column>, DatabaseError> {
        self.expect_long_statements().await?;
        schema::columns(&self.fetch_all(COLUMNS, &[]).await?)
    }
}

/// Of the tables that a name without a schema can mean. The `sys` views would do, but do not keep the letters' case on
/// every server that speaks T-SQL. A `rowversion`, whose older name is `timestamp`, fills itself.
pub(super) const COLUMNS: &str = r#"
    SELECT c.TABLE_NAME AS "Table", c.COLUMN_NAME AS "Name",
        CASE WHEN c.CHARACTER_MAXIMUM_LENGTH > 0 THEN CONCAT(c.DATA_TYPE, '(', c.CHARACTER_MAXIMUM_LENGTH, ')')
            ELSE c.DATA_TYPE END AS "Type",
        CAST(CASE WHEN c.IS_NULLABLE = 'NO' AND c.COLUMN_DEFAULT IS NULL AND c.DATA_TYPE <> 'timestamp'
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsIdentity') = 0
            AND COLUMNPROPERTY(OBJECT_ID(CONCAT(QUOTENAME(c.TABLE_SCHEMA), '.', QUOTENAME(c.TABLE_NAME))),
                c.COLUMN_NAME, 'IsComputed') = 0
            THEN 1 ELSE 0 END AS bit) AS "IsRequired"
    FROM INFORMATION_SCHEMA.COLUMNS AS c
    JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_SCHEMA IN (SCHEMA_NAME(), 'dbo')
    ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"#;

/// Waits as for any lock (`LOCK_TIMEOUT`).
pub(super) const GET_LOCK: &str = r#"
    DECLARE @result int;
    EXEC @result = sp_getapplock @Resource = $1, @LockMode = 'Exclusive', @LockOwner = 'Transaction';
    SELECT @result AS "Result""#;
/// What a lock's name may be long, with room for characters that take two places.
const LONGEST_NAME: usize = 120;

impl Transaction for SqlServerConnection<OpenTransaction<SqlServerDriver>> {
    /// Application locks: they end with the transaction and need no table.
    async fn lock(&mut self, lock: Lock<'_>) -> Result<(), DatabaseError> {
        let name = match lock {
            Lock::Address(address) => format!("wicketgate address {address}"),
            Lock::Keys => "wicketgate keys".to_owned(),
            Lock::Schema => {
                self.expect_long_statements().await?;
                "wicketgate schema".to_owned()
            }
        };
        // Names that begin alike wait for each other without need.
        let name: String = name.chars().take(LONGEST_NAME).collect();
        let row = self.fetch_optional(GET_LOCK, &[Value::from(name.as_str())]).await?;
        match row.map(|row| row.integer("Result")).transpose()?.flatten() {
            Some(0..) => Ok(()),
            Some(-1) => Err(DatabaseError::given_up("a lock was not given in time".into())),
            result => Err(DatabaseError::Conflict(format!("sp_getapplock says {result:?}").into())),
        }
    }

    async fn commit(self) -> Result<(), DatabaseError> {
        trace("COMMIT");
        self.0.commit().await
    }
}

fn query<'q>(statement: &'static str, values: &[Value<'q>]) -> Query<'q> {
    trace(statement);
    let (statement, sent) = translate(statement, values);
    let mut query = Query::new(statement);
    for value in sent {
        match value {
            Value::Text(text) => query.bind(text),
            Value::Boolean(boolean) => query.bind(boolean),
            Value::Integer(integer) => query.bind(integer),
            // A null is in the text.
            Value::Instant(instant) => query.bind(instant.map_or(ColumnData::DateTimeOffset(None), instant::written)),
        }
    }
    query
}
