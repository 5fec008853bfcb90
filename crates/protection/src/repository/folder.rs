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
/// The folder is made for its owner alone (mode 0700), and so are the files (0600). A file appears whole or not at
/// all. Files that are not `*.xml` are left alone; one of them, `keys.lock`, is locked by who writes.
#[derive(Debug, Clone)]
pub struct FolderKeyRepository {
    folder: Arc<Path>,
}

impl FolderKeyRepository {
    /// Uses `folder`; it is made (mode 0700) when the first key is written.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into().into(),
        }
    }

    /// The names of those files that hold no element of the ring: they are not `*.xml`, or their text cannot be read.
    /// The lock is not among them.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn other_files(&self) -> Result<Vec<String>, KeyRepositoryError> {
        self.blocking(|folder| read_folder(folder).map(|contents| contents.other_files))
            .await
    }

    /// Does the blocking work of files where it may block.
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

/// What is in a folder, by name, since a folder has no order of its own.
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
            // Going on without a revocation would trust what was revoked.
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
        // There is a ring, and taking it for an empty one would start another.
        return Err(error);
    }
    contents.elements.sort_by(|a, b| a.name.cmp(&b.name));
    contents.other_files.sort();
    Ok(contents)
}

/// Makes the folder if it has to, and waits until no other instance writes in it. It is unlocked when the file is
/// closed, so also when the process ends in the middle. .NET knows nothing of the lock.
///
/// A file, because network file systems lock no folders; and it stays, because who removed it would remove the lock
/// that somebody else waits for.
fn lock(folder: &Path) -> io::Result<fs::File> {
    make_folder(folder)?;
    let path = folder.join(LOCK);
    let locked = open_private(&path).and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| io::Error::new(error.kind(), format!("{} cannot be locked: {error}", path.display())))
}

fn cannot_be_read(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} cannot be read: {error}", path.display()))
}

/// Writes beside the final name and renames, so that other instances never read half a key.
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
        // The new name itself is on the disk only when the folder is.
        .and_then(|()| fs::File::open(folder)?.sync_all());
    if written.is_err() {
        // Best effort: what could not be written may not be removable either, and the first error says why.
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

/// An empty file that only its owner can read.
fn open_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Which file is locked.
const LOCK: &str = "keys.lock";
/// Byte order mark and declaration, as .NET writes them in front of each element.
const DECLARATION: &str = "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
