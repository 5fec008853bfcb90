//! Whether writes work: taken for granted until something fails, then asked of the database until a write succeeds.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;

use crate::accounts::touch_any;
use crate::database::Database;
use crate::database_error::DatabaseError;

/// What is known of writes to one database.
#[derive(Debug, Default)]
pub(crate) struct WriteCheck {
    is_in_doubt: AtomicBool,
    /// Held by who asks: the others wait for the answer, and do not ask too.
    asking: Mutex<()>,
}

impl WriteCheck {
    /// Remembers that something failed which may be the database's, or its disk's, own trouble.
    pub(crate) fn heed<T>(&self, outcome: &Result<T, DatabaseError>) {
        if let Err(DatabaseError::Unavailable(_) | DatabaseError::Failed(_)) = outcome {
            self.is_in_doubt.store(true, Ordering::Release);
        }
    }

    /// Nothing while nothing has failed. After that, whether a write succeeds.
    pub(crate) async fn check<D: Database>(&self, database: &D) -> Result<(), DatabaseError> {
        if !self.is_in_doubt.load(Ordering::Acquire) {
            return Ok(());
        }
        let _asking = self.asking.lock().await;
        // Cleared first: what fails while this is asked puts it in doubt again.
        if !self.is_in_doubt.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let mut doubt = Doubt(&self.is_in_doubt, true);
        let written = database.try_write().await;
        doubt.1 = written.is_err();
        written
    }
}

/// Comes back when it is dropped while it stands, also by who gave up waiting.
struct Doubt<'a>(&'a AtomicBool, bool);

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if self.1 {
            self.0.store(true, Ordering::Release);
        }
    }
}

/// Changes any account in a transaction that is rolled back. A server refuses that where it is read-only, and where it has
/// no room left.
pub(crate) async fn try_write<D: Database>(database: &D) -> Result<(), DatabaseError> {
    let mut transaction = database.begin().await?;
    touch_any::<D>(&mut transaction).await
}
