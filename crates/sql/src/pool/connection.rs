use std::time::Duration;

use deadpool::managed::Object;
use tokio::time::timeout;

use super::open_connections::Opener;
use super::{Driver, PING_LIMIT, STATEMENT_LIMIT};
use crate::database_error::DatabaseError;

/// A connection that is somebody's until it is dropped.
///
/// It goes back to the others only if every answer that was asked for on it was read to its end, so that nobody takes one
/// statement's answer for another's. That holds also where the caller itself gave up in the middle of a statement.
pub(crate) struct PooledConnection<D: Driver> {
    /// There until this value is dropped.
    object: Option<Object<Opener<D>>>,
    condition: Condition,
    limit: Duration,
    is_in_transaction: bool,
    is_single_use: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    Sound,
    /// A statement was sent, and its answer was not read yet.
    Asked,
    /// The server did not answer, or is no good for now.
    Lost,
}

impl<D: Driver> PooledConnection<D> {
    pub(super) fn new(object: Object<Opener<D>>) -> Self {
        Self {
            object: Some(object),
            condition: Condition::Sound,
            limit: STATEMENT_LIMIT,
            is_in_transaction: false,
            is_single_use: false,
        }
    }

    /// From now on each statement may take so long.
    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// It goes back to nobody, but is closed, with all that the server keeps for it.
    pub(crate) fn close_after_use(&mut self) {
        self.is_single_use = true;
    }

    /// The connection for one statement, and what waits for its answer.
    pub(crate) fn ask(&mut self) -> Result<(&mut D::Connection, Answer<'_>), DatabaseError> {
        let Self { object, condition, .. } = self;
        match object {
            Some(object) if *condition == Condition::Sound => {
                *condition = Condition::Asked;
                let limit = self.limit;
                Ok((&mut object.connection, Answer { condition, limit }))
            }
            _ => Err(DatabaseError::Unavailable("the connection is lost".into())),
        }
    }

    /// Runs a statement in the database's own SQL, without parameters and rows.
    pub(crate) async fn run(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        let (connection, answer) = self.ask()?;
        answer.of(D::run(connection, statement)).await
    }

    /// Begins or ends a transaction. Where that fails, nobody can know whether the connection is in one, except after a
    /// conflict: then it was rolled back, and will be once more, so that the connection may stay.
    async fn run_or_close(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        let outcome = self.run(statement).await;
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
        let outcome = timeout(self.limit, statement).await.unwrap_or_else(|_| {
            let reason = format!("the database did not answer within {:?}", self.limit);
            Err(DatabaseError::Unavailable(reason.into()))
        });
        *self.condition = match outcome {
            Err(DatabaseError::Unavailable(_)) => Condition::Lost,
            _ => Condition::Sound,
        };
        outcome
    }
}

impl<D: Driver> Drop for PooledConnection<D> {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        match self.condition {
            Condition::Sound if self.is_single_use => drop(Object::take(object)),
            Condition::Sound if self.is_in_transaction => roll_back(object),
            Condition::Sound => {}
            // Closed here and now: a server that comes to finds nobody to answer, and gives up what the statement locked.
            Condition::Asked => drop(Object::take(object)),
            Condition::Lost => {
                if let Some(pool) = Object::pool(&object) {
                    pool.manager().lose(&object);
                }
                drop(Object::take(object));
            }
        }
    }
}

/// In a task, because whoever drops a transaction does not wait. A connection whose transaction does not end is closed.
fn roll_back<D: Driver>(object: Object<Opener<D>>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        drop(Object::take(object));
        return;
    };
    let mut connection = PooledConnection::new(object);
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
        connection.run_or_close(D::BEGIN).await?;
        Ok(Self(connection))
    }

    /// Whether it was carried out is unknown if no answer comes.
    pub(crate) async fn commit(mut self) -> Result<(), DatabaseError> {
        self.0.run_or_close(D::COMMIT).await?;
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
