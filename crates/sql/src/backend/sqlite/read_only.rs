//! Looking at a database that belongs to somebody else, without changing a byte of it or making a file beside it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::opening::Place;
use crate::open_error::OpenError;

/// A database with a write-ahead log cannot be read without the log and its index beside it: SQLite makes them where
/// they are missing. So while nobody has it open, it is read as a file that nobody changes. A file that was left by an
/// application that did not end properly is refused, because reading it would need a repair first.
pub(super) fn read_only(path: &Path) -> Result<Place, OpenError> {
    let has_log_mode = has_write_ahead_log(path).map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })?;
    let (log, index) = (beside(path, "-wal"), beside(path, "-shm"));
    let log_is_empty = fs::metadata(&log).map_or(true, |log| log.len() == 0);
    let is_open_elsewhere = log.exists() && index.exists();
    if !log_is_empty && !is_open_elsewhere {
        return Err(OpenError::Database {
            place: path.display().to_string(),
            reason: "its newest changes are in the -wal file beside it; stop the application, or take a copy with \
                     `VACUUM INTO`"
                .to_owned(),
        });
    }
    Ok(Place::FileToRead {
        path: path.to_owned(),
        is_immutable: has_log_mode && !is_open_elsewhere,
    })
}

/// Whether the header says so; see <https://www.sqlite.org/fileformat.html>, section 1.3.3.
fn has_write_ahead_log(path: &Path) -> io::Result<bool> {
    const READ_VERSION: usize = 19;
    let mut header = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut header)?;
    Ok(header.get(READ_VERSION) == Some(&2))
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
