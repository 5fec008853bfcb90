//! A connection to the file that is closed, not used again, where nobody can know what an error left of its transaction.
//!
//! SQLite itself ends a transaction after some errors, among them a full disk, and not after others
//! (<https://www.sqlite.org/lang_transaction.html>, section 3). A connection that goes back with half a transaction, or
//! with a wrong idea of one, would refuse everything that is asked of it later; and there is only one that writes.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};
use tokio::runtime::Handle;

use super::error::{database_error, is_busy, leaves_doubt};
use super::open_file::OpenFile;
use crate::database_error::DatabaseError;

/// A connection that is somebody's until it is dropped.
#[derive(Debug)]
pub(crate) struct FileConnection {
    /// There until this value is dropped.
    connection: Option<PoolConnection<Sqlite>>,
    state: State,
    is_single_use: bool,
    /// The file that a write must be in before it is acknowledged; `None` for a connection that only reads.
    file: Option<Arc<OpenFile>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// `BEGIN` was sent, and neither `COMMIT` nor `ROLLBACK` was answered.
    InTransaction,
    /// An error may have ended the transaction, or not.
    InDoubt,
}

impl FileConnection {
    pub(super) fn new(connection: PoolConnection<Sqlite>, file: Option<Arc<OpenFile>>) -> Self {
        Self {
            connection: Some(connection),
            state: State::Idle,
            is_single_use: false,
            file,
        }
    }

    /// The connection for one statement, whose outcome goes to [`heed`](Self::heed).
    pub(super) fn get(&mut self) -> Result<&mut SqliteConnection, DatabaseError> {
        match &mut self.connection {
            Some(connection) if self.state != State::InDoubt => Ok(connection),
            _ => Err(DatabaseError::Unavailable("the connection met an error before".into())),
        }
    }

    /// Passes on what came of a statement, and remembers what that means for the connection.
    pub(super) fn heed<T>(&mut self, outcome: sqlx::Result<T>) -> Result<T, DatabaseError> {
        outcome.map_err(|error| {
            let is_in_transaction = self.state == State::InTransaction;
            if leaves_doubt(&error, is_in_transaction) {
                self.state = State::InDoubt;
            }
            database_error(error)
        })
    }

    /// Makes sure that what a statement outside of a transaction has written can be found again.
    pub(super) async fn acknowledge(&self) -> Result<(), DatabaseError> {
        match &self.file {
            Some(file) if self.state == State::Idle => file.check_after_write().await,
            _ => Ok(()),
        }
    }

    /// It goes back to nobody, but is closed.
    pub(super) fn close_after_use(&mut self) {
        self.is_single_use = true;
    }

    async fn run(&mut self, statement: &'static str) -> sqlx::Result<()> {
        let Some(connection) = &mut self.connection else {
            return Err(sqlx::Error::PoolClosed);
        };
        sqlx::query(statement).execute(&mut **connection).await.map(drop)
    }
}

impl Drop for FileConnection {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = Handle::try_current() else {
            // Without a runtime it cannot go back. This closes it.
            drop(connection.detach());
            return;
        };
        match self.state {
            State::Idle if !self.is_single_use => {}
            State::Idle | State::InDoubt => close(connection, self.file.as_deref()),
            // In a task, because whoever drops a transaction does not wait.
            State::InTransaction => {
                let file = self.file.clone();
                runtime.spawn(async move {
                    let done = sqlx::query("ROLLBACK").execute(&mut *connection).await;
                    if done.is_err() {
                        close(connection, file.as_deref());
                    }
                });
            }
        }
    }
}

/// Another one is opened in its place when it is gone.
fn close(mut connection: PoolConnection<Sqlite>, file: Option<&OpenFile>) {
    if let Some(file) = file {
        file.forget_log();
    }
    connection.close_on_drop();
}

/// A transaction on a connection. What is dropped without a commit is rolled back.
#[derive(Debug)]
pub(crate) struct FileTransaction(FileConnection);

impl FileTransaction {
    /// The transaction is the only writing one from its first statement on. Without `IMMEDIATE` SQLite would let it read
    /// first, and refuse its first write if another process wrote meanwhile.
    pub(super) async fn begin(mut connection: FileConnection) -> Result<Self, DatabaseError> {
        // From here on: whoever gives up while this is waited for leaves a transaction behind.
        connection.state = State::InTransaction;
        let begun = connection.run("BEGIN IMMEDIATE").await;
        if begun.as_ref().is_err_and(is_busy) {
            connection.state = State::Idle;
        }
        connection.heed(begun)?;
        Ok(Self(connection))
    }

    pub(super) async fn commit(mut self) -> Result<(), DatabaseError> {
        self.0.get()?;
        let done = self.0.run("COMMIT").await;
        self.0.state = match done {
            Ok(()) => State::Idle,
            Err(_) => State::InDoubt,
        };
        self.0.heed(done)?;
        self.0.acknowledge().await
    }
}

impl AsMut<FileConnection> for FileConnection {
    fn as_mut(&mut self) -> &mut FileConnection {
        self
    }
}

impl AsMut<FileConnection> for FileTransaction {
    fn as_mut(&mut self) -> &mut FileConnection {
        &mut self.0
    }
}
