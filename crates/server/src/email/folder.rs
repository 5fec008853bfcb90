//! A folder with one `.eml` file for each mail, for trying things out.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use tokio::task;

/// The folder cannot be written to.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to the mail folder {path}: {source}")]
pub(crate) struct MailFolderError {
    path: String,
    source: io::Error,
}

/// What a mail's file is called until it is whole: a dot in front, and this behind.
const UNFINISHED: &str = ".part";

/// The folder, in which each mail is there as a whole or not at all.
#[derive(Debug)]
pub(super) struct MailFolder {
    path: PathBuf,
}

impl MailFolder {
    /// Makes the folder if need be (only its owner may look into it), finds out now whether it can be written to, and
    /// removes what processes left unfinished that were killed.
    pub(super) async fn open(path: &Path) -> Result<Self, MailFolderError> {
        let folder = path.to_owned();
        in_background(move || prepare(&folder))
            .await
            .map_err(|source| MailFolderError {
                path: path.display().to_string(),
                source,
            })?;
        Ok(Self { path: path.to_owned() })
    }

    /// Writes `NAME.eml` for its owner only: the links in it open accounts.
    pub(super) async fn write(&self, name: &str, message: Vec<u8>) -> io::Result<()> {
        let unfinished = unfinished(&self.path, name);
        let finished = self.path.join(format!("{name}.eml"));
        in_background(move || {
            let written = write_new(&unfinished, &message).and_then(|_open| fs::rename(&unfinished, &finished));
            if written.is_err() {
                let _ = fs::remove_file(&unfinished);
            }
            written
        })
        .await
    }
}

async fn in_background(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn prepare(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    remove_leftovers(folder)?;
    // Several processes may share the folder and start at once.
    let trial = unfinished(folder, &format!("trial-{}", std::process::id()));
    let _open = write_new(&trial, &[])?;
    ignore_missing(fs::remove_file(&trial))
}

/// Who writes a file has it locked, so an unlocked one is a leftover.
fn remove_leftovers(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !(name.starts_with('.') && name.ends_with(UNFINISHED)) {
            continue;
        }
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            ignore_missing(fs::remove_file(&path))?;
        }
    }
    Ok(())
}

/// Another process that starts may have removed it as well.
fn ignore_missing(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".{name}{UNFINISHED}"))
}

/// The file stays locked as long as it is open.
fn write_new(path: &Path, content: &[u8]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // Some file systems have no locks; there, a process that starts in this moment makes one more attempt necessary.
    let _ = file.try_lock();
    file.write_all(content)?;
    file.sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn leftovers_are_removed_but_not_what_another_process_is_writing() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::write(place(".1-left.part"), "half a mail").unwrap();
        fs::write(place("1-other.eml"), "a mail").unwrap();
        let writing = write_new(&place(".2-writing.part"), b"half").unwrap();
        MailFolder::open(folder.path()).await.unwrap();
        assert!(!place(".1-left.part").exists());
        assert!(place("1-other.eml").exists());
        assert!(place(".2-writing.part").exists());
        drop(writing);
        MailFolder::open(folder.path()).await.unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_mail_that_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mails = MailFolder::open(folder.path()).await.unwrap();
        // Nothing can be renamed to the name of a folder.
        fs::create_dir(folder.path().join("taken.eml")).unwrap();
        assert!(mails.write("taken", b"a mail".to_vec()).await.is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
