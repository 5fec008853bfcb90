//! Events in any database that there is a [`Database`] for: what [`EventLog`] does, in SQL that all of them understand.
//!
//! Events do not wait for each other: each is a row with a signature of its own, inserted in the transaction of the step
//! that it tells of. The chain is over [seals](seal), which a task in the background puts over what was inserted.

mod erase;
mod event_log;
mod keys;
mod list;
mod prune;
mod rows;
mod seal;
#[cfg(test)]
pub(crate) mod statements;
mod step;
mod unknown;
mod verify;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::OnceCell;
use wicketgate_identity::event::{EventKey, EventProtection};
use wicketgate_identity::{Event, StoreError};

use self::unknown::Clients;
use crate::database::Database;
use crate::database_error::DatabaseError;
use crate::retry::retrying;

pub(crate) use self::step::StepEvent;

/// The name of the script that makes the tables.
pub(crate) const SCRIPT: &str = "events";

/// The events in a database.
pub(crate) struct SqlEventLog<D> {
    database: Arc<D>,
    protection: OnceLock<EventProtection>,
    /// What signs events now.
    key: OnceCell<EventKey>,
    clients: Clients,
    /// The last user whose existence was looked at.
    swept: Mutex<String>,
}

impl<D: Database> SqlEventLog<D> {
    /// Expects the tables there.
    pub(crate) fn new(database: Arc<D>) -> Self {
        Self {
            database,
            protection: OnceLock::new(),
            key: OnceCell::new(),
            clients: Clients::default(),
            swept: Mutex::default(),
        }
    }

    /// From now on events are written. The first call counts.
    pub(crate) fn write_with(&self, protection: EventProtection) {
        let _ = self.protection.set(protection);
    }

    /// The event of a step, to be written in the step's transaction.
    pub(crate) async fn step<'a>(&'a self, event: &'a Event) -> Result<StepEvent<'a>, StoreError> {
        let Some(protection) = self.protection.get() else {
            return Ok(StepEvent::not_kept(event));
        };
        let key = self.key(protection).await?;
        Ok(StepEvent::kept(event, key, protection.random(), &self.clients))
    }

    async fn key(&self, protection: &EventProtection) -> Result<&EventKey, StoreError> {
        let load = || keys::current(&*self.database, protection);
        self.key.get_or_try_init(load).await
    }

    fn protection(&self) -> Result<&EventProtection, StoreError> {
        let missing = || StoreError::Failed("nobody has said how the keys that sign events are protected".into());
        self.protection.get().ok_or_else(missing)
    }

    async fn retrying<T, F, Fut>(&self, step: F) -> Result<T, StoreError>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, DatabaseError>> + Send,
        T: Send,
    {
        Ok(retrying(&*self.database, self.protection()?.random(), step).await?)
    }
}

impl<D> fmt::Debug for SqlEventLog<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlEventLog").finish_non_exhaustive()
    }
}
