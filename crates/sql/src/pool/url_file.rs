//! Reading the database's URL again.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::database_url::{self, DatabaseUrl};

/// The file that a database's URL came from, for when the server no longer lets its user in.
pub(super) struct UrlFile {
    path: PathBuf,
    /// Hosts, ports and the database.
    pub(super) place: String,
    /// What was read last. Who asks again with the same password may be locked out for it.
    last: Mutex<Zeroizing<String>>,
}

impl UrlFile {
    pub(super) fn of(url: &DatabaseUrl, place: &str) -> Option<Self> {
        Some(Self {
            path: url.file()?.to_owned(),
            place: place.to_owned(),
            last: Mutex::new(Zeroizing::new(url.as_str().to_owned())),
        })
    }

    /// The URL that is in the file now, if it is another one than before.
    pub(super) async fn changed(&self) -> Option<Zeroizing<String>> {
        let path = self.path.clone();
        // Where the file's system hangs, so does a thread that is there for that.
        let read = tokio::task::spawn_blocking(move || database_url::read(&path)).await;
        let read = read.unwrap_or_else(|error| Err(error.into())).inspect_err(|error| {
            tracing::warn!(file = %self.path.display(), %error, "the database's URL cannot be read again");
        });
        let text = read.ok()?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == text {
            return None;
        }
        last.clone_from(&text);
        Some(text)
    }
}
