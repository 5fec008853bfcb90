//! Statements on a connection.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::dialect::Sqlite;
use super::limits::LONG_LIMIT;
use super::query::{Answer, Query, Wanted};
use super::readers::Reader;
use super::row::SqliteRow;
use super::writer::{Step, Writer};
use crate::database::{Connection, Lock, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::layout::Layout;
use crate::statement::{Statement, Value, statement, trace};

/// Where statements are run.
#[derive(Debug)]
pub(crate) struct SqliteConnection<C> {
    pub(super) link: C,
    pub(super) layout: Arc<Layout>,
}

/// A connection on which every statement is a transaction of its own.
#[derive(Debug)]
pub(crate) enum SingleStatements {
    Reading(Reader),
    /// Each is a step.
    Writing(Arc<Writer>),
}

/// What runs one statement after the other.
pub(crate) trait Runs: Send {
    fn run(&mut self, query: &Query<'_>) -> impl Future<Output = Result<Answer, DatabaseError>> + Send;

    /// From now on each statement may take so long.
    fn set_limit(&mut self, limit: Duration);
}

impl Runs for SingleStatements {
    async fn run(&mut self, query: &Query<'_>) -> Result<Answer, DatabaseError> {
        match self {
            Self::Reading(reader) => reader.run(query).await,
            Self::Writing(writer) => {
                let mut step = writer.begin().await?;
                let answer = step.run(query).await?;
                step.commit().await?;
                Ok(answer)
            }
        }
    }

    fn set_limit(&mut self, limit: Duration) {
        match self {
            Self::Reading(reader) => reader.set_limit(limit),
            Self::Writing(_) => {}
        }
    }
}

impl Runs for Step {
    async fn run(&mut self, query: &Query<'_>) -> Result<Answer, DatabaseError> {
        Self::run(self, query).await
    }

    fn set_limit(&mut self, limit: Duration) {
        Self::set_limit(self, limit);
    }
}

impl<C: Runs> Connection for SqliteConnection<C> {
    type Dialect = Sqlite;
    type Row = SqliteRow;

    fn lay_out(&mut self, layout: Arc<Layout>) {
        self.layout = layout;
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    async fn expect_long_statements(&mut self) -> Result<(), DatabaseError> {
        self.link.set_limit(LONG_LIMIT);
        Ok(())
    }

    #[cfg(test)]
    fn set_limit(&mut self, limit: Duration) {
        self.link.set_limit(limit);
    }

    async fn execute(&mut self, statement: Statement, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let query = Query::new(&self.layout, statement, values, Wanted::Count)?;
        Ok(self.link.run(&query).await?.count)
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        self.link
            .run(&Query::definition(&self.layout, statement))
            .await
            .map(drop)
    }

    async fn fetch_all(&mut self, statement: Statement, values: &[Value<'_>]) -> Result<Vec<SqliteRow>, DatabaseError> {
        let query = Query::new(&self.layout, statement, values, Wanted::Rows)?;
        Ok(self.link.run(&query).await?.rows)
    }

    async fn fetch_optional(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<SqliteRow>, DatabaseError> {
        let query = Query::new(&self.layout, statement, values, Wanted::FirstRow)?;
        Ok(self.link.run(&query).await?.rows.pop())
    }

    /// Compares here: as text with different offsets, dates do not sort by instant. What is no date is
    /// [found elsewhere](crate::odd_values).
    async fn count_locked(&mut self, now: OffsetDateTime) -> Result<u64, DatabaseError> {
        const CANDIDATES: Statement =
            statement!(r#"SELECT "LockoutEnd", "LockoutEnabled" FROM "AspNetUsers" WHERE "LockoutEnd" IS NOT NULL"#);
        let rows = self.fetch_all(CANDIDATES, &[]).await?;
        let is_locked = |row: &&SqliteRow| {
            let is_enabled = row.boolean("LockoutEnabled").unwrap_or_default();
            is_enabled && row.instant("LockoutEnd").is_ok_and(|end| end >= Some(now))
        };
        Ok(rows.iter().filter(is_locked).count() as u64)
    }
}

impl Transaction for SqliteConnection<Step> {
    /// There is one writing transaction at a time.
    async fn lock(&mut self, lock: Lock<'_>) -> Result<(), DatabaseError> {
        if lock == Lock::Schema {
            self.expect_long_statements().await?;
        }
        Ok(())
    }

    async fn commit(self) -> Result<(), DatabaseError> {
        trace("COMMIT");
        self.link.commit().await
    }
}
