//! The connections to a file.

use std::sync::Arc;
use std::time::Instant;

use tokio::task::spawn_blocking;

use super::connection::{SingleStatements, SqliteConnection};
use super::dialect::Sqlite;
use super::open_file::OpenFile;
use super::opening::Opening;
use super::pace::Pace;
use super::readers::Readers;
use super::writer::{Step, Writer};
use super::{open, write_probe};
use crate::database::{Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::layout::Layout;
use crate::open_error::OpenError;

/// A file.
///
/// It is in write-ahead mode, as EF Core puts it, with foreign keys enforced and `synchronous = FULL`: with `NORMAL`, a
/// power failure may take the last transactions out of a write-ahead log, and what was acknowledged (a spent recovery
/// code, a changed password) must not come back.
#[derive(Debug)]
pub(crate) struct SqliteDatabase {
    pub(super) writer: Arc<Writer>,
    pub(super) readers: Arc<Readers>,
    /// `None` where nothing is written.
    file: Option<Arc<OpenFile>>,
    /// The path.
    place: String,
    layout: Arc<Layout>,
}

impl SqliteDatabase {
    /// With one connection that writes and some that read, each opened when it is needed first.
    pub(super) fn new(opening: Opening, place: String) -> Self {
        let pace = Pace::new();
        Self {
            file: opening.file.clone(),
            readers: Readers::new(opening.clone().reading(), Arc::clone(&pace)),
            writer: Writer::new(opening, pace),
            place,
            layout: Arc::default(),
        }
    }

    fn connection<C>(&self, link: C) -> SqliteConnection<C> {
        SqliteConnection {
            link,
            layout: Arc::clone(&self.layout),
        }
    }
}

impl Database for SqliteDatabase {
    type Dialect = Sqlite;
    type Connection = SqliteConnection<SingleStatements>;
    type Transaction = SqliteConnection<Step>;

    const IS_SERVER: bool = false;

    async fn open(url: &DatabaseUrl, purpose: Purpose) -> Result<Self, OpenError> {
        open::open(url.as_str(), purpose).await
    }

    fn place(&self) -> &str {
        &self.place
    }

    fn lay_out(&mut self, layout: Arc<Layout>) {
        self.layout = layout;
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    async fn before_serving(&self) -> Result<(), DatabaseError> {
        open::use_write_ahead_log(&self.writer).await
    }

    async fn reader(&self) -> Result<Self::Connection, DatabaseError> {
        let reader = self.readers.acquire().await?;
        Ok(self.connection(SingleStatements::Reading(reader)))
    }

    async fn writer(&self) -> Result<Self::Connection, DatabaseError> {
        Ok(self.connection(SingleStatements::Writing(Arc::clone(&self.writer))))
    }

    async fn begin(&self) -> Result<Self::Transaction, DatabaseError> {
        let step = self.writer.begin().await?;
        Ok(self.connection(step))
    }

    async fn settled(&self, since: Instant) -> Result<(), DatabaseError> {
        self.writer.settled(since).await
    }

    async fn check(&self) -> Result<(), DatabaseError> {
        match &self.file {
            Some(file) => file.check_elsewhere().await,
            None => Ok(()),
        }
    }

    async fn try_write(&self) -> Result<(), DatabaseError> {
        write_probe::try_write(&self.writer, self.file.clone()).await
    }

    async fn close(self) {
        let readers = self.readers;
        // What is still in use is closed by whoever uses it.
        let _ = spawn_blocking(move || readers.close_idle()).await;
        self.writer.close().await;
    }
}
