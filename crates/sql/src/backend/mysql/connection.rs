//! Statements on a connection.

use futures_util::TryFutureExt;
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, MySql, Row as _};
use time::{OffsetDateTime, PrimitiveDateTime};

use super::MySqlDatabase;
use super::cluster_lock;
use super::driver::MySqlDriver;
use super::error::database_error;
use super::instant;
use super::translation::translate;
use crate::database::{Connection, Database, Lock, Row, Transaction, Value, trace, values};
use crate::database_error::DatabaseError;
use crate::pool::{OpenTransaction, PooledConnection};
use crate::schema::{self, Column, Index};

/// A connection, or a transaction on one.
pub(crate) struct MySqlConnection<C> {
    connection: C,
    has_schema_lock: bool,
    has_cluster_lock: bool,
}

impl<C> MySqlConnection<C> {
    pub(super) fn new(connection: C) -> Self {
        Self {
            connection,
            has_schema_lock: false,
            has_cluster_lock: false,
        }
    }
}

impl<C: AsMut<PooledConnection<MySqlDriver>> + Send> Connection for MySqlConnection<C> {
    type Row = MySqlRow;

    async fn expect_long_statements(&mut self) -> Result<(), DatabaseError> {
        self.connection.as_mut().expect_long_statements().await
    }

    #[cfg(test)]
    fn set_limit(&mut self, limit: std::time::Duration) {
        self.connection.as_mut().set_limit(limit);
    }

    async fn execute(&mut self, statement: &'static str, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let (connection, answer) = self.connection.as_mut().ask_to_write()?;
        let done = query(statement, values).execute(connection).map_err(database_error);
        Ok(answer.of(done).await?.rows_affected())
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        self.connection.as_mut().run(statement).await
    }

    async fn fetch_all(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<MySqlRow>, DatabaseError> {
        let (connection, answer) = self.connection.as_mut().ask()?;
        let rows = query(statement, values).fetch_all(connection).map_err(database_error);
        answer.of(rows).await
    }

    async fn fetch_optional(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<MySqlRow>, DatabaseError> {
        let (connection, answer) = self.connection.as_mut().ask()?;
        let row = query(statement, values)
            .fetch_optional(connection)
            .map_err(database_error);
        answer.of(row).await
    }

    /// Without the table that stands for the cluster's lock.
    async fn columns(&mut self) -> Result<Vec<Column>, DatabaseError> {
        const COLUMNS: &str = r#"
            SELECT c.table_name AS "Table", c.column_name AS "Name",
                CAST(c.column_type AS CHAR(255)) AS "Type",
                c.is_nullable = 'NO' AND c.column_default IS NULL AND c.extra = '' AS "IsRequired"
            FROM information_schema.columns AS c
            JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
            WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'wicketgate_lock'
            ORDER BY c.table_name, c.ordinal_position"#;
        let mut columns = schema::columns(&self.fetch_all(COLUMNS, &[]).await?)?;
        if self.folds_table_names().await? {
            schema::respell(&mut columns, &MySqlDatabase::TABLES);
        }
        Ok(columns)
    }

    async fn indexes(&mut self) -> Result<Option<Vec<Index>>, DatabaseError> {
        const INDEXES: &str = r#"
            SELECT DISTINCT table_name AS "Table", index_name AS "Name"
            FROM information_schema.statistics WHERE table_schema = DATABASE()"#;
        let mut indexes = schema::indexes(&self.fetch_all(INDEXES, &[]).await?)?;
        if self.folds_table_names().await? {
            schema::respell_tables(indexes.iter_mut().map(|index| &mut index.table), &MySqlDatabase::TABLES);
        }
        Ok(Some(indexes))
    }
}

impl<C: AsMut<PooledConnection<MySqlDriver>> + Send> MySqlConnection<C> {
    /// Whether names of tables have no case, as with `lower_case_table_names=1`, where the server keeps them in small
    /// letters.
    async fn folds_table_names(&mut self) -> Result<bool, DatabaseError> {
        const FOLDS: &str = r#"SELECT @@lower_case_table_names <> 0 AS "Folds""#;
        let row = self.fetch_optional(FOLDS, &[]).await?;
        row.map_or(Ok(false), |row| row.boolean("Folds"))
    }
}

/// As long as a server may need to make the tables.
const GET_LOCK: &str = "SELECT GET_LOCK(CONCAT('wicketgate.', DATABASE()), 60) AS \"Got\"";

impl Transaction for MySqlConnection<OpenTransaction<MySqlDriver>> {
    async fn lock(&mut self, lock: Lock<'_>) -> Result<(), DatabaseError> {
        match lock {
            // Locks the gap in the index where the address is or would be. In a cluster that is one node's lock.
            Lock::Address(address) => {
                const LOCK: &str = r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedEmail" = $1 FOR UPDATE"#;
                cluster_lock::name(self, &format!("wicketgate address {address}")).await?;
                self.fetch_all(LOCK, values![address]).await?;
            }
            // Locks every row and the gap behind them. Two that both lock an empty table meet at the next insert, where
            // one of them is told to try again.
            Lock::Keys => {
                const LOCK: &str = r#"SELECT "Id" FROM "DataProtectionKeys" FOR UPDATE"#;
                self.fetch_all(LOCK, &[]).await?;
            }
            // Statements that make tables end a transaction here, and its locks with it. This lock is the connection's,
            // and ends with it.
            Lock::Schema => {
                self.has_schema_lock = true;
                self.expect_long_statements().await?;
                let row = self.fetch_optional(GET_LOCK, &[]).await?;
                if row.map(|row| row.integer("Got")).transpose()?.flatten() != Some(1) {
                    let reason = "another process has been changing the tables for a minute";
                    return Err(DatabaseError::Unavailable(reason.into()));
                }
                self.has_cluster_lock = cluster_lock::take(self).await?;
            }
        }
        Ok(())
    }

    async fn commit(mut self) -> Result<(), DatabaseError> {
        trace("COMMIT");
        if self.has_cluster_lock {
            cluster_lock::give(&mut self).await?;
        }
        // A statement that makes tables has ended the transaction, and begun another one.
        if self.has_schema_lock {
            return self.connection.as_mut().run("COMMIT").await;
        }
        self.connection.commit().await
    }
}

fn query<'q>(statement: &'static str, values: &[Value<'q>]) -> Query<'q, MySql, MySqlArguments> {
    trace(statement);
    let (statement, in_order) = translate(statement, values);
    in_order
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(statement)), |query, value| match value {
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
