//! Statements on a connection.

use sqlx::Row as _;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use time::OffsetDateTime;

use super::date_time_offset;
use super::dialect::Sqlite;
use super::error::database_error;
use super::file_connection::{FileConnection, FileTransaction};
use crate::database::{Connection, Lock, LockedAccounts, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, Value, statement, trace};

/// A connection, or a transaction on one.
#[derive(Debug)]
pub(crate) struct SqliteConnection<C>(pub(super) C);

impl<C: AsMut<FileConnection> + Send> Connection for SqliteConnection<C> {
    type Dialect = Sqlite;
    type Row = SqliteRow;

    async fn execute(&mut self, statement: Statement, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let connection = self.0.as_mut();
        let done = query(statement, values)?.execute(connection.get()?).await;
        let met = connection.heed(done)?.rows_affected();
        connection.acknowledge().await?;
        Ok(met)
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        let connection = self.0.as_mut();
        let done = sqlx::raw_sql(statement).execute(connection.get()?).await;
        connection.heed(done)?;
        connection.acknowledge().await
    }

    async fn fetch_all(&mut self, statement: Statement, values: &[Value<'_>]) -> Result<Vec<SqliteRow>, DatabaseError> {
        let connection = self.0.as_mut();
        let rows = query(statement, values)?.fetch_all(connection.get()?).await;
        connection.heed(rows)
    }

    async fn fetch_optional(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<SqliteRow>, DatabaseError> {
        let connection = self.0.as_mut();
        let row = query(statement, values)?.fetch_optional(connection.get()?).await;
        connection.heed(row)
    }

    /// Compares here: as text with different offsets, dates do not sort by instant. And text may be no date at all.
    async fn count_locked(&mut self, now: OffsetDateTime) -> Result<LockedAccounts, DatabaseError> {
        const CANDIDATES: Statement =
            statement!(r#"SELECT "LockoutEnd" FROM "AspNetUsers" WHERE "LockoutEnd" IS NOT NULL AND "LockoutEnabled""#);
        let mut counted = LockedAccounts::default();
        for row in self.fetch_all(CANDIDATES, &[]).await? {
            match row.instant("LockoutEnd") {
                Ok(end) if end >= Some(now) => counted.locked += 1,
                Ok(_) => {}
                Err(_) => counted.unreadable += 1,
            }
        }
        Ok(counted)
    }
}

impl Transaction for SqliteConnection<FileTransaction> {
    /// There is one writing transaction at a time.
    async fn lock(&mut self, _: Lock<'_>) -> Result<(), DatabaseError> {
        Ok(())
    }

    async fn commit(self) -> Result<(), DatabaseError> {
        trace("COMMIT");
        self.0.commit().await
    }
}

/// SQLite knows a statement by its text again, and finds it prepared.
fn query<'q>(
    statement: Statement,
    values: &[Value<'q>],
) -> Result<Query<'q, sqlx::Sqlite, SqliteArguments>, DatabaseError> {
    statement.check_and_trace(values)?;
    let query = sqlx::query(statement.text);
    Ok(values.iter().fold(query, |query, value| match *value {
        Value::Text(text) => query.bind(text),
        Value::Boolean(boolean) => query.bind(boolean),
        Value::Integer(integer) => query.bind(integer),
        Value::Instant(instant) => query.bind(instant.map(date_time_offset::format)),
    }))
}

impl Row for SqliteRow {
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
        date_time_offset::get(self, column).map_err(database_error)
    }
}
