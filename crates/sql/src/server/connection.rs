//! Statements on the connections of a pool.

use std::sync::Arc;

use crate::database::{Connection, Lock, Transaction};
use crate::database_error::DatabaseError;
use crate::layout::Layout;
use crate::pool::{Driver, OpenTransaction, PooledConnection};
use crate::pooler::ServedBy;
use crate::statement::{Statement, Value, trace};

/// A connection, or a transaction on one.
pub(crate) struct OnServer<D: Driver, C> {
    connection: C,
    layout: Arc<Layout>,
    held: Option<D::Held>,
}

impl<D: Driver, C> OnServer<D, C> {
    pub(super) fn new(connection: C, layout: Arc<Layout>) -> Self {
        Self {
            connection,
            layout,
            held: None,
        }
    }
}

impl<D: Driver, C: AsMut<PooledConnection<D>> + Send> Connection for OnServer<D, C> {
    type Dialect = D::Dialect;
    type Row = D::Row;

    fn lay_out(&mut self, layout: Arc<Layout>) {
        self.layout = layout;
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    async fn served_by(&mut self) -> Result<Option<ServedBy>, DatabaseError> {
        let (connection, answer) = self.connection.as_mut().ask()?;
        answer.of(D::served_by(connection)).await
    }

    async fn expect_long_statements(&mut self) -> Result<(), DatabaseError> {
        self.connection.as_mut().expect_long_statements().await
    }

    #[cfg(test)]
    fn set_limit(&mut self, limit: std::time::Duration) {
        self.connection.as_mut().set_limit(limit);
    }

    async fn execute(&mut self, statement: Statement, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        statement.check_and_trace(values)?;
        let (statement, values) = (self.layout.statement(statement), self.layout.values(values));
        let pooled = self.connection.as_mut();
        let began = pooled.begin_single().await?;
        let (connection, answer) = pooled.ask_to_write()?;
        let met = answer.of(D::execute(connection, statement, &values)).await;
        pooled.end_single(began, met).await
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        let statement = self.layout.definition(statement);
        self.connection.as_mut().run(statement).await
    }

    async fn fetch_all(&mut self, statement: Statement, values: &[Value<'_>]) -> Result<Vec<D::Row>, DatabaseError> {
        statement.check_and_trace(values)?;
        let (statement, values) = (self.layout.statement(statement), self.layout.values(values));
        let pooled = self.connection.as_mut();
        let began = pooled.begin_single().await?;
        let (connection, answer) = pooled.ask()?;
        let rows = answer.of(D::fetch_all(connection, statement, &values)).await;
        pooled.end_single(began, rows).await
    }

    async fn fetch_optional(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<D::Row>, DatabaseError> {
        statement.check_and_trace(values)?;
        let (statement, values) = (self.layout.statement(statement), self.layout.values(values));
        let pooled = self.connection.as_mut();
        let began = pooled.begin_single().await?;
        let (connection, answer) = pooled.ask()?;
        let row = answer.of(D::fetch_optional(connection, statement, &values)).await;
        pooled.end_single(began, row).await
    }
}

impl<D: Driver> Transaction for OnServer<D, OpenTransaction<D>> {
    async fn lock(&mut self, lock: Lock<'_>) -> Result<(), DatabaseError> {
        if lock == Lock::Schema {
            self.expect_long_statements().await?;
        }
        if let Some(held) = D::lock(self, lock).await? {
            self.held = Some(held);
        }
        Ok(())
    }

    async fn commit(mut self) -> Result<(), DatabaseError> {
        trace("COMMIT");
        match self.held.take() {
            Some(held) => D::commit_with(&mut self, held).await,
            None => self.connection.commit().await,
        }
    }
}
