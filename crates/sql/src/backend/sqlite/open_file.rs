//! Noticing that the file was replaced or deleted while it is open.
//!
//! The system keeps a deleted file for who has it open, so that SQLite goes on reading and writing what nobody will ever
//! find again. What was written there must not be acknowledged. Device and inode of the path tell: no other file can get
//! them while this one is open.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::elsewhere::elsewhere;
use super::limits::ACQUIRE_TIMEOUT;
use super::read_only::beside;
use crate::database_error::DatabaseError;
use crate::open_error::OpenError;

/// The file as it was when the database was opened, and the write-ahead log of the connection that writes.
#[derive(Debug)]
pub(super) struct OpenFile {
    path: PathBuf,
    identity: Identity,
    log_path: PathBuf,
    /// `None` while that connection has read nothing, and where there is no log.
    log_identity: Mutex<Option<Identity>>,
}

/// Device and inode. Systems without inodes do not let an open file be deleted or replaced.
type Identity = (u64, u64);

impl OpenFile {
    /// Expects the file there.
    pub(super) fn at(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::File {
            path: path.to_owned(),
            source,
        };
        Ok(Self {
            path: path.to_owned(),
            identity: identity(path).map_err(failed)?,
            // SQLite puts the log beside the file that a symbolic link leads to.
            log_path: beside(&path.canonicalize().map_err(failed)?, "-wal"),
            log_identity: Mutex::new(None),
        })
    }

    /// Whether the path still leads to the file.
    pub(super) fn check_path(&self) -> io::Result<()> {
        let path = self.path.display();
        let restart = "put it back, or start the server again";
        match identity(&self.path) {
            Ok(found) if found == self.identity => Ok(()),
            Ok(_) => Err(io::Error::other(format!(
                "{path} was replaced while it was open: {restart}"
            ))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(io::Error::other(format!(
                "{path} was deleted while it was open: {restart}"
            ))),
            Err(error) => Err(error),
        }
    }

    /// Whether path and log are still those that the connection which writes has open.
    pub(super) fn check(&self) -> Result<(), DatabaseError> {
        let known = *self.log_identity();
        self.look(known).map(drop)
    }

    /// The same, not on a thread that answers requests: a failing disk may take its time.
    pub(super) async fn check_elsewhere(self: &Arc<Self>) -> Result<(), DatabaseError> {
        let file = Arc::clone(self);
        elsewhere(ACQUIRE_TIMEOUT, move || file.check()).await?
    }

    /// Whether the log of that connection is known.
    pub(super) fn knows_log(&self) -> bool {
        self.log_identity().is_some()
    }

    /// The same, after that connection has read or written: the log that is there then is its own, and nobody else deletes it
    /// as the last one who had it open. Before, it might be somebody else's.
    pub(super) fn check_after_use(&self) -> Result<(), DatabaseError> {
        let mut known = self.log_identity();
        *known = self.look(*known)?;
        Ok(())
    }

    fn look(&self, known: Option<Identity>) -> Result<Option<Identity>, DatabaseError> {
        let looked = self.check_path().and_then(|()| self.check_log(known));
        looked.map_err(|error| DatabaseError::Unavailable(Box::new(error)))
    }

    /// The connection that writes is about to be closed, and the next one may take whatever log it finds for its own. A log
    /// that was lost before stays lost: the connections that read still have it open.
    pub(super) fn forget_log(&self) {
        let mut known = self.log_identity();
        if self.check_log(*known).is_ok() {
            *known = None;
        }
    }

    /// The log that is there now, unless another one was there before.
    fn check_log(&self, known: Option<Identity>) -> io::Result<Option<Identity>> {
        let found = match identity(&self.log_path) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if known.is_some() && known != found {
            let path = self.log_path.display();
            return Err(io::Error::other(format!(
                "{path} was replaced or deleted while it was open: start the server again"
            )));
        }
        Ok(found)
    }

    fn log_identity(&self) -> MutexGuard<'_, Option<Identity>> {
        self.log_identity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;

    path.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    path.metadata().map(|_| (0, 0))
}
