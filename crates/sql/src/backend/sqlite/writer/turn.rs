//! Whose turn it is to write, and what goes from one turn to the next.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::Writer;
use super::group::{Group, Outcome};
use super::held::Held;
use crate::backend::sqlite::error::{database_error, leaves_doubt};
use crate::backend::sqlite::link::Link;
use crate::backend::sqlite::pace::lost;
use crate::backend::sqlite::query::{Answer, Query};
use crate::database_error::DatabaseError;

/// The right to use the connection, until this is dropped. It then goes to whoever waits, or the group is committed.
#[derive(Debug)]
pub(super) struct Turn {
    writer: Arc<Writer>,
    /// There until this is dropped.
    held: Option<Held>,
}

impl Turn {
    pub(super) fn new(writer: &Arc<Writer>, held: Held) -> Self {
        Self {
            writer: Arc::clone(writer),
            held: Some(held),
        }
    }

    pub(super) fn patience(&self) -> Duration {
        self.writer.opening.patience
    }

    pub(super) fn is_connected(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.link.is_some())
    }

    /// Not on a thread that answers requests.
    pub(super) fn connect(&mut self) -> Result<(), DatabaseError> {
        let held = self.held.as_mut().ok_or_else(lost)?;
        if held.link.is_none() {
            let mut link = self.writer.opening.open()?;
            self.writer.learn_log(&mut link)?;
            held.link = Some(link);
        }
        Ok(())
    }

    /// Opens the savepoint of a step, in the group that is open or in a new one.
    ///
    /// The transaction is the only writing one from its first statement on. Without `IMMEDIATE` SQLite would let it read
    /// first, and refuse its first write if another process wrote meanwhile.
    pub(super) fn begin(&mut self) -> Result<rusqlite::Result<()>, DatabaseError> {
        let held = self.held.as_mut().ok_or_else(lost)?;
        if held.group.is_none() {
            self.writer.check_file()?;
        }
        let begun = held.begin()?;
        if let Err(error) = &begun
            && (held.group.is_some() || leaves_doubt(error, false))
        {
            held.fail(&self.writer, &DatabaseError::Unavailable(error.to_string().into()));
        }
        Ok(begun)
    }

    /// Runs a statement of the step.
    pub(super) fn run(&mut self, query: &Query<'_>, limit: Duration) -> Result<Answer, DatabaseError> {
        let held = self.held.as_mut().ok_or_else(lost)?;
        let link = held.link.as_mut().filter(|_| held.is_in_step).ok_or_else(lost)?;
        let error = match link.run(query, limit) {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let is_broken = !link.is_in_transaction() || leaves_doubt(&error, true);
        let error = database_error(error);
        if is_broken {
            held.fail(&self.writer, &error);
        }
        Err(error)
    }

    /// Ends the step and lets others go on; what it wrote is durable when the group is committed.
    pub(super) fn commit(mut self) -> Result<oneshot::Receiver<Outcome>, DatabaseError> {
        let held = self.held.as_mut().ok_or_else(lost)?;
        held.release(&self.writer)?;
        let group = held.group.as_mut().ok_or_else(lost)?;
        Ok(group.join())
    }

    /// Runs something outside of any transaction.
    pub(super) fn alone<T>(
        mut self,
        work: impl FnOnce(&mut Link) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        if let Some(held) = &mut self.held {
            held.end(&self.writer);
        }
        self.connect()?;
        let held = self.held.as_mut().ok_or_else(lost)?;
        let link = held.link.as_mut().ok_or_else(lost)?;
        // The work may have given the file its log.
        let done = work(link).and_then(|done| self.writer.learn_log(link).map(|()| done));
        if done.is_err() {
            held.close(&self.writer);
        }
        done
    }

    /// Ends the connection.
    pub(super) fn close(mut self) {
        if let Some(held) = &mut self.held {
            held.end(&self.writer);
            self.writer.forget_log();
            held.link = None;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(mut held) = self.held.take() {
            held.roll_back(&self.writer);
            pass_on(&self.writer, held);
        }
    }
}

/// Gives the connection to whoever waits longest, or ends the group when nobody does, or when it is full.
fn pass_on(writer: &Arc<Writer>, mut held: Held) {
    loop {
        let is_closed = held.group.as_ref().is_some_and(Group::is_closed);
        let next = {
            let mut queue = writer.queue();
            let next = (!is_closed).then(|| queue.waiting.pop_front()).flatten();
            if next.is_none() && held.group.is_none() {
                queue.at_rest = Some(held);
                return;
            }
            next
        };
        let Some(next) = next else {
            if held.group.as_ref().is_some_and(|group| group.number_of_writes() > 0) {
                return Ending::start(writer, held);
            }
            held.end(writer);
            continue;
        };
        match next.send(Turn::new(writer, held)) {
            Ok(()) => return,
            // It has stopped waiting.
            Err(mut turn) => match turn.held.take() {
                Some(back) => held = back,
                None => return,
            },
        }
    }
}

/// A group that is committed when this is dropped: on a thread that may wait for the disk, unless the runtime is gone.
struct Ending {
    writer: Arc<Writer>,
    held: Option<Held>,
}

impl Ending {
    fn start(writer: &Arc<Writer>, held: Held) {
        let ending = Self {
            writer: Arc::clone(writer),
            held: Some(held),
        };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn_blocking(move || drop(ending));
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(mut held) = self.held.take() {
            held.end(&self.writer);
            pass_on(&self.writer, held);
        }
    }
}
