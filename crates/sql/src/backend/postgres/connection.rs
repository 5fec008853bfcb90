//! Statements on a connection.

use futures_util::TryFutureExt;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row as _};
use time::OffsetDateTime;

use super::driver::PostgresDriver;
use super::error::database_error;
use super::timestamp::Timestamp;
use crate::database::{Connection, Lock, Row, Transaction, Value, trace};
use crate::database_error::DatabaseError;
use crate::pool::{OpenTransaction, PooledConnection};
use crate::schema::{self, Column, Index};

/// A connection, or a transaction on one.
#[derive(Debug)]
pub(crate) struct PostgresConnection<const POOLED: bool, C>(pub(super) C);

impl<const POOLED: bool, C: AsMut<PooledConnection<PostgresDriver<POOLED>>> + Send> Connection
    for PostgresConnection<POOLED, C>
{
    type Row = PgRow;

    async fn expect_long_statements(&mut self) -> Result<(), DatabaseError> {
        self.0.as_mut().expect_long_statements().await
    }

    #[cfg(test)]
    fn set_limit(&mut self, limit: std::time::Duration) {
        self.0.as_mut().set_limit(limit);
    }

    async fn execute(&mut self, statement: &'static str, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let pooled = self.0.as_mut();
        let began = pooled.begin_single().await?;
        let (connection, answer) = pooled.ask_to_write()?;
        let done = query::<POOLED>(statement, values).execute(connection);
        let done = answer.of(done.map_err(database_error)).await;
        Ok(pooled.end_single(began, done).await?.rows_affected())
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        self.0.as_mut().run(statement).await
    }

    async fn fetch_all(&mut self, statement: &'static str, values: &[Value<'_>]) -> Result<Vec<PgRow>, DatabaseError> {
        let pooled = self.0.as_mut();
        let began = pooled.begin_single().await?;
        let (connection, answer) = pooled.ask()?;
        let rows = query::<POOLED>(statement, values).fetch_all(connection);
        let rows = answer.of(rows.map_err(database_error)).await;
        pooled.end_single(began, rows).await
    }

    async fn fetch_optional(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<PgRow>, DatabaseError> {
        let pooled = self.0.as_mut();
        let began = pooled.begin_single().await?;
        let (connection, answer) = pooled.ask()?;
        let row = query::<POOLED>(statement, values).fetch_optional(connection);
        let row = answer.of(row.map_err(database_error)).await;
        pooled.end_single(began, row).await
    }

    /// From the catalog itself: the information schema hides what the role may not use, and the database would look empty.
    async fn columns(&mut self) -> Result<Vec<Column>, DatabaseError> {
        const COLUMNS: &str = r#"
            SELECT c.relname::text AS "Table", a.attname::text AS "Name",
                format_type(a.atttypid, a.atttypmod) AS "Type",
                a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS "IsRequired"
            FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
            WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY c.relname, a.attnum"#;
        schema::columns(&self.fetch_all(COLUMNS, &[]).await?)
    }

    async fn indexes(&mut self) -> Result<Option<Vec<Index>>, DatabaseError> {
        const INDEXES: &str = r#"
            SELECT tablename::text AS "Table", indexname::text AS "Name"
            FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()"#;
        schema::indexes(&self.fetch_all(INDEXES, &[]).await?).map(Some)
    }
}

impl<const POOLED: bool> Transaction for PostgresConnection<POOLED, OpenTransaction<PostgresDriver<POOLED>>> {
    /// Advisory locks: they end with the transaction and need no table.
    async fn lock(&mut self, lock: Lock<'_>) -> Result<(), DatabaseError> {
        const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let name = match lock {
            Lock::Address(address) => format!("wicketgate address {address}"),
            Lock::Keys => "wicketgate keys".to_owned(),
            Lock::Schema => {
                self.expect_long_statements().await?;
                "wicketgate schema".to_owned()
            }
        };
        self.execute(LOCK, &[Value::from(name.as_str())]).await.map(drop)
    }

    async fn commit(self) -> Result<(), DatabaseError> {
        trace("COMMIT");
        self.0.commit().await
    }
}

/// The server keeps it prepared for the next time where a session is ours.
fn query<'q, const POOLED: bool>(statement: &'static str, values: &[Value<'q>]) -> Query<'q, Postgres, PgArguments> {
    trace(statement);
    let query = sqlx::query(statement).persistent(!POOLED);
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
