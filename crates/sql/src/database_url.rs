//! A database's URL, and the file it may be read from.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::pooler::Pooler;

/// Longer than any URL.
const LONGEST: u64 = 64 * 1024;

/// Where a database is, and who asks, with the password.
///
/// One that was read from a file is read again when the server no longer lets its user in: so a password can be changed
/// while instances run.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: Zeroizing<String>,
    file: Option<PathBuf>,
    pooler: Pooler,
    max_connections: usize,
}

impl DatabaseUrl {
    /// How many connections a store has to a server if nobody says so: enough for some thousand requests a second, few
    /// enough for several instances on a server with a hundred connections.
    pub const DEFAULT_MAX_CONNECTIONS: usize = 10;

    /// More than a server could bear.
    pub const MOST_MAX_CONNECTIONS: usize = 10_000;

    /// The URL in a file, without white space around it.
    ///
    /// # Errors
    /// The file cannot be read, is no UTF-8, or is far too long.
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(Self {
            text: read(file)?,
            file: Some(file.to_owned()),
            pooler: Pooler::None,
            max_connections: Self::DEFAULT_MAX_CONNECTIONS,
        })
    }

    /// The URL with its password, which belongs into no log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is that of an SQLite file that nobody has made yet. Opening it makes it.
    #[must_use]
    pub fn is_missing_file(&self) -> bool {
        #[cfg(feature = "sqlite")]
        return crate::backend::sqlite::is_missing(self.as_str());
        #[cfg(not(feature = "sqlite"))]
        false
    }

    /// This URL, as it was read from this file.
    #[must_use]
    pub fn with_file(self, file: PathBuf) -> Self {
        Self {
            file: Some(file),
            ..self
        }
    }

    /// This URL, which leads to such a pooler.
    #[must_use]
    pub fn with_pooler(self, pooler: Pooler) -> Self {
        Self { pooler, ..self }
    }

    pub(crate) fn pooler(&self) -> Pooler {
        self.pooler
    }

    /// To be used with at most so many connections to the server at a time, from one to
    /// [`MOST_MAX_CONNECTIONS`](Self::MOST_MAX_CONNECTIONS). A fifth of them, at least one of several, is for those who only
    /// read. SQLite has no server, and one connection that writes and four that read.
    #[must_use]
    pub fn with_max_connections(self, max_connections: usize) -> Self {
        Self {
            max_connections: max_connections.clamp(1, Self::MOST_MAX_CONNECTIONS),
            ..self
        }
    }

    /// How many connections to the server there may be at a time.
    pub(crate) fn max_connections(&self) -> usize {
        self.max_connections
    }

    /// The file that it was read from.
    #[cfg(any(feature = "mssql", feature = "mysql", feature = "postgres"))]
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// The URL that is in the file now.
pub(crate) fn read(file: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(file)?.take(LONGEST).read_to_string(&mut text)?;
    if text.len() as u64 == LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long for a URL"));
    }
    Ok(Zeroizing::new(text.trim().to_owned()))
}

impl From<&str> for DatabaseUrl {
    fn from(text: &str) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            file: None,
            pooler: Pooler::None,
            max_connections: Self::DEFAULT_MAX_CONNECTIONS,
        }
    }
}

impl From<&String> for DatabaseUrl {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&DatabaseUrl> for DatabaseUrl {
    fn from(url: &DatabaseUrl) -> Self {
        url.clone()
    }
}

/// Without the URL, which can hold a password.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("DatabaseUrl");
        shown.field("file", &self.file).finish_non_exhaustive()
    }
}
