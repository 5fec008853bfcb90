//! What every connection to a file is opened with.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, OpenFlags};

use super::error::database_error;
use super::limits::BUSY_PATIENCE;
use super::link::Link;
use super::open_file::OpenFile;
use crate::database_error::DatabaseError;

/// How to open one more connection to what a database was opened for.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) place: Place,
    /// The file that must still be at the path; `None` where nothing is written.
    pub(super) file: Option<Arc<OpenFile>>,
    /// Statements for each new connection.
    pub(super) settings: String,
    /// How long another process is waited for.
    pub(super) patience: Duration,
}

/// What is opened.
#[derive(Debug, Clone)]
pub(super) enum Place {
    File(PathBuf),
    /// No byte of it is written. If nobody has it open, it is read as a file that nobody changes.
    FileToRead {
        path: PathBuf,
        is_immutable: bool,
    },
    /// A database that is empty, and gone with its connection.
    Nowhere,
}

impl Opening {
    pub(super) fn new(place: Place, file: Option<Arc<OpenFile>>) -> Self {
        Self {
            place,
            file,
            settings: "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;".to_owned(),
            patience: BUSY_PATIENCE,
        }
    }

    /// For connections that only read.
    pub(super) fn reading(mut self) -> Self {
        self.settings += "PRAGMA query_only = ON;";
        self
    }

    /// Not on a thread that answers requests. A new connection would be one to whatever is at the path now.
    pub(super) fn open(&self) -> Result<Link, DatabaseError> {
        self.check_path()?;
        let link = self.connect().map_err(database_error)?;
        self.check_path()?;
        Ok(link)
    }

    fn connect(&self) -> rusqlite::Result<Link> {
        let writing = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE;
        let reading = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = match &self.place {
            Place::File(path) => Connection::open_with_flags(literal(path), writing)?,
            Place::FileToRead {
                path,
                is_immutable: false,
            } => Connection::open_with_flags(literal(path), reading)?,
            Place::FileToRead {
                path,
                is_immutable: true,
            } => Connection::open_with_flags(immutable(path), reading | OpenFlags::SQLITE_OPEN_URI)?,
            Place::Nowhere => Connection::open_in_memory()?,
        };
        connection.execute_batch(&self.settings)?;
        Link::new(connection)
    }

    fn check_path(&self) -> Result<(), DatabaseError> {
        let looked = self.file.as_ref().map_or(Ok(()), |file| file.check_path());
        looked.map_err(|error| DatabaseError::Unavailable(Box::new(error)))
    }
}

/// SQLite takes a name that begins with `file:` for a URL.
fn literal(path: &Path) -> PathBuf {
    match path.is_absolute() {
        true => path.to_owned(),
        false => Path::new(".").join(path),
    }
}

fn immutable(path: &Path) -> String {
    let path = literal(path);
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), NON_ALPHANUMERIC);
    format!("file:{path}?immutable=1")
}
