use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

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
}

impl DatabaseUrl {
    /// The URL in a file, without white space around it.
    ///
    /// # Errors
    /// The file cannot be read, is no UTF-8, or is far too long.
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(Self {
            text: read(file)?,
            file: Some(file.to_owned()),
        })
    }

    /// The URL with its password, which belongs into no log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// This URL, as it was read from this file.
    #[must_use]
    pub fn with_file(self, file: PathBuf) -> Self {
        Self {
            file: Some(file),
            ..self
        }
    }

    /// The file that it was read from.
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
