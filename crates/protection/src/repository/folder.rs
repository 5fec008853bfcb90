//! A repository in a folder.

use std::{
    fs, io,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::key_file::{self, KeyFileError};
use crate::{KeyRepository, KeyRepositoryError, StoredElement};

/// A folder with one XML file for each element (.NET's `FileSystemXmlRepository`).
///
/// A file may also hold several elements, as .NET keeps them elsewhere: the `<repository>` of Azure's blob storage, or what
/// `redis-cli` prints of a list. Files may be in UTF-8 or UTF-16.
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

    /// The names of the files that are not `*.xml`. The lock file is left out.
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
    let mut length = 0;
    for entry in entries {
        let path = entry?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !is_xml(&path) {
            if file_name != LOCK {
                contents.other_files.push(file_name);
            }
            continue;
        }
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            // Somebody has removed it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => continue,
            Err(error) => return Err(cannot_be_read(&path, error)),
        };
        length += bytes.len();
        if length > MAX_FOLDER_LENGTH {
            return Err(io::Error::other(format!(
                "its files ending in .xml are larger than {MAX_FOLDER_LENGTH} bytes in all, which no key ring is"
            )));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match key_file::elements(&name, &bytes) {
            Ok(elements) => contents.elements.extend(elements),
            // It may have been a key, which the ring must know to be missing. But without a revocation, a revoked key would be
            // trusted.
            Err(error @ KeyFileError::NoText) if !name.starts_with("revocation-") => {
                tracing::warn!(path = %path.display(), %error, "a file of the key ring cannot be read");
                contents.elements.push(StoredElement {
                    name,
                    xml: Zeroizing::default(),
                });
            }
            Err(error) => return Err(cannot_be_read(&path, io::Error::new(io::ErrorKind::InvalidData, error))),
        }
    }
    contents.elements.sort_by(|a, b| a.name.cmp(&b.name));
    contents.other_files.sort();
    if contents.elements.is_empty() {
        refuse_other_keys(folder, &contents.other_files)?;
    }
    Ok(contents)
}

/// .NET reads `*.xml`; from Windows, where case does not matter, come names in upper case.
fn is_xml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
        && !path.is_dir()
}

/// The whole file, if it is no larger than a file of keys can be.
fn read_file(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let bytes = read_beginning(path, key_file::MAX_LENGTH + 1)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= key_file::MAX_LENGTH => Ok(bytes),
        _ => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!(
                "it is larger than {} bytes, which no file of keys is",
                key_file::MAX_LENGTH
            ),
        )),
    }
}

fn read_beginning(path: &Path, length: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    fs::File::open(path)?.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// An export under another name than `*.xml` would be taken for nothing, and a new key for all there is.
fn refuse_other_keys(folder: &Path, names: &[String]) -> io::Result<()> {
    // What a writer left half done is no key yet.
    let names = names.iter().filter(|name| !name.ends_with(".tmp"));
    for path in names.take(MAX_OTHER_FILES).map(|name| folder.join(name)) {
        if !path.is_file() {
            continue;
        }
        let Ok(beginning) = read_beginning(&path, OTHER_FILE_BEGINNING) else {
            continue;
        };
        if key_file::looks_like_keys(&beginning) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "{} holds keys, but only files whose names end in .xml are read: rename it, or move it elsewhere",
                    path.display()
                ),
            ));
        }
    }
    Ok(())
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

fn cannot_be_read(path: &Path, error: io::Error) -> io::Error {
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

/// All files together. Keys that nobody removes add up to a few kilobytes a month.
const MAX_FOLDER_LENGTH: usize = 32 * 1024 * 1024;
/// How many files that are not `*.xml` are looked into where there is no other key, and how far.
const MAX_OTHER_FILES: usize = 100;
const OTHER_FILE_BEGINNING: u64 = 64 * 1024;
/// The lock file.
const LOCK: &str = "keys.lock";
/// Byte order mark and XML declaration, as .NET writes them before each element.
const DECLARATION: &str = "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
