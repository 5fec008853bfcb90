//! What goes from turn to turn: the connection, and the transaction that is open on it.

use tokio::runtime::Handle;

use super::Writer;
use super::group::{Failure, Group, Outcome};
use crate::backend::sqlite::error::{database_error, is_constraint};
use crate::backend::sqlite::link::Link;
use crate::backend::sqlite::pace::lost;
use crate::database_error::DatabaseError;

/// A connection with its state.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// `None` before the first turn, and after an error that may have broken it.
    pub(super) link: Option<Link>,
    pub(super) group: Option<Group>,
    pub(super) is_in_step: bool,
}

impl Held {
    pub(super) fn begin(&mut self) -> Result<rusqlite::Result<()>, DatabaseError> {
        let link = self.link.as_mut().ok_or_else(lost)?;
        if self.group.is_none() {
            if let Err(error) = link.command("BEGIN IMMEDIATE") {
                return Ok(Err(error));
            }
            self.group = Some(Group::new());
        }
        let begun = link.command("SAVEPOINT step");
        self.is_in_step = begun.is_ok();
        if let Some(group) = &mut self.group {
            group.count_step();
        }
        Ok(begun)
    }

    pub(super) fn release(&mut self, writer: &Writer) -> Result<(), DatabaseError> {
        let link = self.link.as_mut().filter(|_| self.is_in_step).ok_or_else(lost)?;
        self.is_in_step = false;
        link.command("RELEASE step").map_err(|error| {
            let error = database_error(error);
            self.fail(writer, &error);
            error
        })
    }

    /// Undoes what the step wrote, if it has not ended.
    pub(super) fn roll_back(&mut self, writer: &Writer) {
        let Some(link) = self.link.as_mut().filter(|_| self.is_in_step) else {
            return;
        };
        self.is_in_step = false;
        let rolled_back = link
            .command("ROLLBACK TO step")
            .and_then(|()| link.command("RELEASE step"));
        if let Err(error) = rolled_back {
            return self.fail(writer, &database_error(error));
        }
        if self.group.as_ref().is_some_and(|group| group.number_of_writes() > 0) {
            writer.queue().seen.get_or_insert_default();
        }
    }

    /// The transaction is lost, or nobody can know what is left of it.
    pub(super) fn fail(&mut self, writer: &Writer, reason: &DatabaseError) {
        self.is_in_step = false;
        self.close(writer);
        if let Some(group) = self.group.take() {
            writer.settle(group, &Err(Failure::new(DatabaseError::Unavailable, reason)));
        }
    }

    /// Commits the group, or gives it up where nobody wrote.
    pub(super) fn end(&mut self, writer: &Writer) {
        let Some(group) = self.group.take() else { return };
        let writes = group.number_of_writes();
        let outcome = self.try_end(writer, writes);
        writer.settle(group, &outcome);
    }

    fn try_end(&mut self, writer: &Writer, writes: usize) -> Outcome {
        let unavailable = |error: &DatabaseError| Failure::new(DatabaseError::Unavailable, error);
        let link = self.link.as_mut().ok_or_else(|| unavailable(&lost()))?;
        let ended = match writes {
            0 => link.command("ROLLBACK"),
            _ => link.command_waiting("COMMIT", writer.opening.patience),
        };
        if let Err(error) = ended {
            self.close(writer);
            // Nobody knows whose row it is. Another time they are in other groups, and the one who wrote it alone.
            let is_somebodys = writes > 1 && is_constraint(&error);
            let error = database_error(error);
            let kind = if is_somebodys {
                DatabaseError::Conflict
            } else {
                error.kind()
            };
            return Err(Failure::new(kind, &error));
        }
        match writes {
            0 => Ok(()),
            _ => writer.check_file_after_write().map_err(|error| unavailable(&error)),
        }
    }

    /// Another connection is opened in its place when it is needed.
    pub(super) fn close(&mut self, writer: &Writer) {
        let Some(link) = self.link.take() else { return };
        writer.forget_log();
        if let Ok(runtime) = Handle::try_current() {
            // Closing rolls back, and may wait for the disk.
            runtime.spawn_blocking(move || drop(link));
        }
    }
}

impl Writer {
    pub(super) fn check_file(&self) -> Result<(), DatabaseError> {
        self.opening.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    fn check_file_after_write(&self) -> Result<(), DatabaseError> {
        self.opening.file.as_ref().map_or(Ok(()), |file| file.check_after_use())
    }

    /// Learns which log the connection has, by a read that makes SQLite open it: one that is deleted before the first write must be
    /// missed, too. Not on a thread that answers requests.
    pub(super) fn learn_log(&self, link: &mut Link) -> Result<(), DatabaseError> {
        match &self.opening.file {
            Some(file) if !file.knows_log() => {
                let read = link.batch_waiting("SELECT COUNT(*) FROM sqlite_schema");
                read.map_err(database_error)?;
                file.check_after_use()
            }
            _ => Ok(()),
        }
    }

    pub(super) fn forget_log(&self) {
        if let Some(file) = &self.opening.file {
            file.forget_log();
        }
    }
}
