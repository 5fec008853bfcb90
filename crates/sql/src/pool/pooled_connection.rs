//! Pooled connections and transactions.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::driver::Driver;
use super::limits::{LONG_LIMIT, MOST_SKIPPED, PING_LIMIT, STATEMENT_LIMIT};
use super::open_connections::{Link, OpenConnections};
use crate::database_error::DatabaseError;

/// A connection that is somebody's until it is dropped.
///
/// It goes back to the others only if every answer that was asked for on it was read to its end, so that nobody takes one
/// statement's answer for another's. That holds also where the caller itself gave up in the middle of a statement.
pub(crate) struct PooledConnection<D: Driver> {
    /// There until this value is dropped.
    link: Option<Link<D>>,
    pool: Arc<OpenConnections<D>>,
    /// There if somebody writes. Given back with the connection, however long it takes to end what was begun on it.
    writer: Option<OwnedSemaphorePermit>,
    condition: Condition,
    limit: Duration,
    is_in_transaction: bool,
    /// The statement that was sent last ends with a commit, which the server waits for however long it takes.
    is_committing: bool,
    is_single_use: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    Sound,
    /// A statement was sent, and its answer was not read yet.
    Asked,
    /// What it remembers of the database is out of date, as that of all connections that are as old.
    Outdated,
    /// The server did not answer, or is no good for now.
    Lost,
    /// Nobody waits for the answer any more.
    Unanswered,
}

impl<D: Driver> PooledConnection<D> {
    pub(super) fn new(link: Link<D>, pool: Arc<OpenConnections<D>>) -> Self {
        Self {
            link: Some(link),
            pool,
            writer: None,
            condition: Condition::Sound,
            limit: STATEMENT_LIMIT,
            is_in_transaction: false,
            is_committing: false,
            is_single_use: false,
        }
    }

    /// The same for one of those who may write.
    pub(super) fn for_writer(self, writer: OwnedSemaphorePermit) -> Self {
        let mut connection = self;
        connection.writer = Some(writer);
        connection
    }

    /// From now on each statement is waited for so long.
    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// From now on each statement may take minutes, for us and for the server. Nobody else gets the connection.
    pub(crate) async fn expect_long_statements(&mut self) -> Result<(), DatabaseError> {
        self.close_after_use();
        // Behind a pooler each transaction sets it for itself.
        if self.is_in_transaction || !D::IS_POOLED {
            self.run(D::LONG).await?;
        }
        self.set_limit(LONG_LIMIT);
        Ok(())
    }

    /// It goes back to nobody, but is closed, with all that the server keeps for it.
    pub(crate) fn close_after_use(&mut self) {
        self.is_single_use = true;
    }

    /// The connection for one statement, and what waits for its answer.
    pub(crate) fn ask(&mut self) -> Result<(&mut D::Connection, Answer<'_>), DatabaseError> {
        self.ask_for(false)
    }

    fn ask_for(&mut self, commit: bool) -> Result<(&mut D::Connection, Answer<'_>), DatabaseError> {
        let Self { link, condition, .. } = self;
        self.is_committing = commit;
        match link {
            Some(link) if *condition == Condition::Sound => {
                *condition = Condition::Asked;
                let limit = self.limit;
                Ok((&mut link.connection, Answer { condition, limit }))
            }
            _ => Err(DatabaseError::Unavailable("the connection is lost".into())),
        }
    }

    /// As [`ask`](Self::ask), for a statement that writes.
    pub(crate) fn ask_to_write(&mut self) -> Result<(&mut D::Connection, Answer<'_>), DatabaseError> {
        self.ask_for(!self.is_in_transaction)
    }

    /// Begins a transaction for a single statement, if it needs one and is in none, and tells whether it did.
    pub(crate) async fn begin_single(&mut self) -> Result<bool, DatabaseError> {
        if self.is_in_transaction || !D::IS_POOLED {
            return Ok(false);
        }
        self.is_in_transaction = true;
        self.run_or_close(D::BEGIN, false).await?;
        if self.limit == LONG_LIMIT {
            self.run_or_close(D::LONG, false).await?;
        }
        Ok(true)
    }

    /// Ends what [`begin_single`](Self::begin_single) began, with the outcome of the statement.
    pub(crate) async fn end_single<T>(
        &mut self,
        began: bool,
        outcome: Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        if began {
            match &outcome {
                Ok(_) => self.run_or_close(D::COMMIT, true).await?,
                // A connection that is lost refuses, and is closed.
                Err(_) => drop(self.run_or_close(D::ROLLBACK, false).await),
            }
            self.is_in_transaction = false;
        }
        outcome
    }

    /// Runs a statement in the database's own SQL, without parameters and rows.
    pub(crate) async fn run(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        let (connection, answer) = self.ask()?;
        answer.of(D::run(connection, statement)).await
    }

    /// Begins or ends a transaction. Where that fails, nobody can know whether the connection is in one, except after a
    /// conflict: then it was rolled back, and will be once more, so that the connection may stay.
    async fn run_or_close(&mut self, statement: &'static str, commit: bool) -> Result<(), DatabaseError> {
        let (connection, answer) = self.ask_for(commit)?;
        let outcome = answer.of(D::run(connection, statement)).await;
        match outcome {
            Ok(()) | Err(DatabaseError::Conflict(_)) => {}
            Err(_) => self.close_after_use(),
        }
        outcome
    }
}

/// The answer to a statement.
#[must_use]
pub(crate) struct Answer<'a> {
    condition: &'a mut Condition,
    limit: Duration,
}

impl Answer<'_> {
    /// Waits for it.
    pub(crate) async fn of<T>(
        self,
        statement: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        let Ok(outcome) = timeout(self.limit, statement).await else {
            *self.condition = Condition::Unanswered;
            let reason = format!("the database did not answer within {:?}", self.limit);
            return Err(DatabaseError::Unavailable(reason.into()));
        };
        *self.condition = match &outcome {
            Err(error) if error.is_given_up() => Condition::Sound,
            Err(DatabaseError::Unavailable(_)) => Condition::Lost,
            Err(DatabaseError::Outdated(_)) => Condition::Outdated,
            _ => Condition::Sound,
        };
        outcome
    }
}

impl<D: Driver> PooledConnection<D> {
    /// Whether somebody else may use it once the answer has been read that nobody waits for any more.
    fn may_skip_its_answer(&self, link: &Link<D>) -> bool {
        let is_whole = !self.is_in_transaction && !self.is_committing && !self.is_single_use;
        D::SKIPS_ANSWERS && is_whole && link.skipped < MOST_SKIPPED
    }
}

impl<D: Driver> Drop for PooledConnection<D> {
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        match self.condition {
            Condition::Sound if self.is_single_use => drop(link),
            Condition::Sound if self.is_in_transaction => roll_back(link, Arc::clone(&self.pool), self.writer.take()),
            Condition::Sound => self.pool.give_back(link),
            Condition::Asked if self.may_skip_its_answer(&link) => {
                skip_answer(link, Arc::clone(&self.pool), self.writer.take(), self.limit);
            }
            Condition::Asked => link.outlast(match self.is_committing {
                true => LONG_LIMIT,
                false => self.limit,
            }),
            // A server gives up what is no commit before us, or cannot be reached.
            Condition::Unanswered => {
                self.pool.lose(&link);
                if self.is_committing {
                    link.outlast(LONG_LIMIT);
                }
            }
            Condition::Outdated => {
                self.pool.renew();
                drop(link);
            }
            Condition::Lost => {
                self.pool.lose(&link);
                drop(link);
            }
        }
    }
}

/// Reads what is left of an answer, in a task, and gives the connection back: a client that asks and hangs up, again and again,
/// costs statements, not connections. A connection on which the answer fails or is late is closed, and if the server does not answer,
/// so are the others.
fn skip_answer<D: Driver>(
    mut link: Link<D>,
    pool: Arc<OpenConnections<D>>,
    writer: Option<OwnedSemaphorePermit>,
    at_most: Duration,
) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    link.skipped += 1;
    runtime.spawn(async move {
        match timeout(at_most, D::ping(&mut link.connection)).await {
            Ok(Ok(())) => pool.give_back(link),
            Ok(Err(error)) if error.is_given_up() => {}
            Ok(Err(DatabaseError::Unavailable(_))) | Err(_) => pool.lose(&link),
            Ok(Err(_)) => {}
        }
        drop(writer);
    });
}

/// In a task, because whoever drops a transaction does not wait. A connection whose transaction does not end is closed.
fn roll_back<D: Driver>(link: Link<D>, pool: Arc<OpenConnections<D>>, writer: Option<OwnedSemaphorePermit>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    let mut connection = PooledConnection::new(link, pool);
    connection.writer = writer;
    connection.set_limit(PING_LIMIT);
    runtime.spawn(async move {
        if connection.run(D::ROLLBACK).await.is_err() {
            connection.close_after_use();
        }
    });
}

/// A transaction on a connection. What is dropped without a commit is rolled back.
pub(crate) struct OpenTransaction<D: Driver>(PooledConnection<D>);

impl<D: Driver> OpenTransaction<D> {
    pub(super) async fn begin(mut connection: PooledConnection<D>) -> Result<Self, DatabaseError> {
        connection.is_in_transaction = true;
        connection.run_or_close(D::BEGIN, false).await?;
        Ok(Self(connection))
    }

    /// Whether it was carried out is unknown if no answer comes.
    pub(crate) async fn commit(mut self) -> Result<(), DatabaseError> {
        self.0.run_or_close(D::COMMIT, true).await?;
        self.0.is_in_transaction = false;
        Ok(())
    }
}

impl<D: Driver> AsMut<PooledConnection<D>> for PooledConnection<D> {
    fn as_mut(&mut self) -> &mut PooledConnection<D> {
        self
    }
}

impl<D: Driver> AsMut<PooledConnection<D>> for OpenTransaction<D> {
    fn as_mut(&mut self) -> &mut PooledConnection<D> {
        &mut self.0
    }
}
