//! A repository in a folder.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::{KeyRepository, KeyRepositoryError, StoredElement};

/// A folder with one XML file for each element (.NET's `FileSystemXmlRepository`).
///
/// The folder is created with mode 0700, the files with 0600. A file appears complete or not at all. Files that are not
/// `*.xml` are left alone; writers lock one of them, `keys.lock`.
#[derive(Debug, Clone)]
pub struct FolderKeyRepository {
    folder: Arc<Path>,
}

impl FolderKeyRepository {
    /// A repository in `folder`, which is created (mode 0700) when the first key is written.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into().into(),
        }
    }

    /// The names of the files that are not elements of the ring: not `*.xml`, or not readable as text. The lock file is
    /// left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn other_files(&self) -> Result<Vec<String>, KeyRepositoryError> {
        self.blocking(|folder| read_folder(folder).map(|contents| contents.other_files))
            .await
    }

    /// Runs blocking work on files on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, KeyRepositoryError> {
        let folder = Arc::clone(&self.folder);
        tokio::task::spawn_blocking(move || work(&folder))
            .await
            .unwrap_or_else(|stopped| Err(io::Error::other(stopped)))
            .map_err(|error| KeyRepositoryError {
                place: self.place(),
                source: error.into(),
            })
    }
}

#[async_trait]
impl KeyRepository for FolderKeyRepository {
    fn place(&self) -> String {
        format!("the folder {}", self.folder.display())
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        self.blocking(|folder| read_folder(folder).map(|contents| contents.elements))
            .await
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.blocking(move |folder| {
            let _one_writes = lock(folder)?;
            write_file(folder, &element)
        })
        .await
    }

    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError> {
        self.blocking(move |folder| {
            let _one_writes = lock(folder)?;
            if read_folder(folder)?.elements.len() != seen {
                return Ok(false);
            }
            write_file(folder, &element).map(|()| true)
        })
        .await
    }
}

/// The contents of a folder, sorted by name.
#[derive(Default)]
struct FolderContents {
    elements: Vec<StoredElement>,
    other_files: Vec<String>,
}

fn read_folder(folder: &Path) -> io::Result<FolderContents> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FolderContents::default()),
        Err(error) => return Err(error),
    };
    let mut contents = FolderContents::default();
    let mut unreadable = None;
    for entry in entries {
        let path = entry?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "xml") {
            if file_name != LOCK {
                contents.other_files.push(file_name);
            }
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match fs::read_to_string(&path) {
            Ok(xml) => contents.elements.push(StoredElement {
                name,
                xml: Zeroizing::new(xml),
            }),
            // Without a revocation, a revoked key would be trusted.
            Err(error) if name.starts_with("revocation-") => {
                return Err(cannot_be_read(&path, &error));
            }
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a file of the key ring cannot be read");
                contents.other_files.push(file_name);
                unreadable = Some(cannot_be_read(&path, &error));
            }
        }
    }
    if let Some(error) = unreadable
        && contents.elements.is_empty()
    {
        // There is a ring. Treating it as empty would start another.
        return Err(error);
    }
    contents.elements.sort_by(|a, b| a.name.cmp(&b.name));
    contents.other_files.sort();
    Ok(contents)
}

/// Creates the folder if necessary, and waits until no other instance writes to it. The lock ends when the file is
/// closed, even if the process crashes. .NET does not use the lock.
///
/// A file, because network file systems cannot lock folders. It is never deleted, because others may be waiting for the
/// lock.
fn lock(folder: &Path) -> io::Result<fs::File> {
    make_folder(folder)?;
    let path = folder.join(LOCK);
    let locked = open_private(&path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| io::Error::new(error.kind(), format!("{} cannot be locked: {error}", path.display())))
}

fn cannot_be_read(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} cannot be read: {error}", path.display()))
}

/// Writes to a temporary file and renames it, so that other instances never read half a key.
fn write_file(folder: &Path, element: &StoredElement) -> io::Result<()> {
    let name = &element.name;
    if Path::new(name).file_name() != Some(name.as_ref()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{name:?} is no name for a file"),
        ));
    }
    let temporary = folder.join(format!("{name}.{}.tmp", std::process::id()));
    let written = write_new(&temporary, &element.xml)
        .and_then(|()| fs::rename(&temporary, folder.join(format!("{name}.xml"))))
        // The new name is on disk only once the folder is.
        .and_then(|()| fs::File::open(folder)?.sync_all());
    if written.is_err() {
        // Best effort: the file may not be removable either, and the first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_new(path: &Path, xml: &str) -> io::Result<()> {
    let mut file = open_private(path)?;
    file.write_all(DECLARATION.as_bytes())?;
    file.write_all(xml.as_bytes())?;
    file.sync_all()
}

/// Creates an empty file that only its owner can read.
fn open_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The lock file.
const LOCK: &str = "keys.lock";
/// Byte order mark and XML declaration, as .NET writes them before each element.
const DECLARATION: &str = "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
