//! Where the database is, and making a place for it.

use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use rustix::fs::{Access, access};
#[cfg(unix)]
use rustix::io::Errno;
use tokio::fs::{DirBuilder, OpenOptions};

use crate::connect::is_windows_path;
use crate::open_error::OpenError;

/// The path in `sqlite:PATH` or `sqlite://PATH`, taken literally; it may be relative to the working directory.
pub(super) fn path(url: &str) -> Result<PathBuf, OpenError> {
    let rest = url.strip_prefix("sqlite:").ok_or(OpenError::NoScheme)?;
    match rest.strip_prefix("//").unwrap_or(rest) {
        "" => Err(OpenError::NoPath),
        ":memory:" => Err(OpenError::InMemory),
        path => {
            let path = without_options(of_this_system(path)?)?;
            refuse_rooted(&path)?;
            Ok(path)
        }
    }
}

/// `C:/data/app.db`, also as it stands behind `sqlite:///`, is a path on Windows only. Elsewhere a file of such a name is taken if it
/// exists, and not made.
fn of_this_system(path: &str) -> Result<&str, OpenError> {
    let without_slash = path.strip_prefix('/').filter(|path| is_windows_path(path));
    match without_slash.or_else(|| is_windows_path(path).then_some(path)) {
        Some(path) if cfg!(windows) => Ok(path),
        Some(_) if !Path::new(path).exists() => Err(OpenError::WindowsPath),
        _ => Ok(path),
    }
}

/// In other libraries' URLs three slashes begin a relative path.
fn refuse_rooted(path: &Path) -> Result<(), OpenError> {
    let relative = path.strip_prefix("/").ok();
    match relative.filter(|relative| !path.exists() && relative.is_file()) {
        Some(relative) => Err(OpenError::RootedPath(relative.display().to_string())),
        None => Ok(()),
    }
}

/// `?mode=ro` and its like belong to other libraries' URLs. A file of such a name is taken if it exists, and not made.
fn without_options(path: &str) -> Result<PathBuf, OpenError> {
    let option = path.rsplit_once('?').filter(|(_, option)| option.contains('='));
    match option {
        Some((_, option)) if !Path::new(path).exists() => {
            let name = option.split('=').next().unwrap_or_default().escape_debug();
            Err(OpenError::InvalidUrl(format!(
                "SQLite's takes no options: leave `?{name}=…` out; the file must be writable, and its settings are Wicketgate's own"
            )))
        }
        _ => Ok(PathBuf::from(path)),
    }
}

/// Whether the URL is that of a file which does not exist.
pub(crate) fn is_missing(url: &str) -> bool {
    path(url).is_ok_and(|path| !path.exists())
}

/// Makes the file, and the folder around it, if they are missing; only the owner may read them. SQLite gives the files
/// that it puts beside it the same permissions.
///
/// A file that is there already is not opened: whoever closes a file gives up all locks on it that the process has
/// (POSIX), also those that SQLite relies on for another connection to it.
pub(super) async fn create(path: &Path) -> Result<(), OpenError> {
    if let Some(folder) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        builder.mode(0o700);
        builder.create(folder).await.map_err(|source| OpenError::Folder {
            path: folder.to_owned(),
            source,
        })?;
    }
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(path).await {
        Ok(_) => {
            tracing::info!(path = %path.display(), "created an empty database file, because there was none");
            Ok(())
        }
        // A symbolic link to a file that is yet to be made.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !path.exists() => options
            .create_new(false)
            .create(true)
            .truncate(false)
            .open(path)
            .await
            .map(drop),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => writable(path),
        Err(error) => Err(error),
    }
    .map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })
}

/// A read-only file is found now, not at the first registration.
#[cfg(unix)]
fn writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::from_raw_os_error(Errno::ISDIR.raw_os_error()));
    }
    Ok(access(path, Access::READ_OK | Access::WRITE_OK)?)
}

#[cfg(not(unix))]
fn writable(path: &Path) -> io::Result<()> {
    std::fs::OpenOptions::new().write(true).open(path).map(drop)
}

/// Whether there is a file already.
pub(super) async fn exists(path: &Path) -> Result<bool, OpenError> {
    tokio::fs::try_exists(path).await.map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_other_libraries_are_refused_unless_a_file_has_that_name() {
        let folder = tempfile::TempDir::new().unwrap();
        let url = format!("sqlite://{}/app.db?mode=ro", folder.path().display());
        let refusal = path(&url).unwrap_err().to_string();
        assert!(refusal.contains("leave `?mode=…` out"), "{refusal}");
        std::fs::write(folder.path().join("app.db?mode=ro"), "").unwrap();
        assert!(path(&url).unwrap().ends_with("app.db?mode=ro"));
        assert!(path("sqlite://what?.db").unwrap().ends_with("what?.db"));
    }

    #[test]
    fn the_path_follows_the_scheme_with_or_without_slashes() {
        for (url, expected) in [
            ("sqlite:app.db", "app.db"),
            ("sqlite:data/app.db", "data/app.db"),
            ("sqlite:/var/lib/app.db", "/var/lib/app.db"),
            ("sqlite://app.db", "app.db"),
            ("sqlite://data/app.db", "data/app.db"),
            ("sqlite:///var/lib/app.db", "/var/lib/app.db"),
            ("sqlite://my 100% data?/ä.db", "my 100% data?/ä.db"),
        ] {
            assert_eq!(path(url).unwrap(), Path::new(expected), "{url}");
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn a_path_of_windows_is_refused_unless_a_file_has_that_name() {
        for url in ["sqlite:///C:/data/app.db", "sqlite://C:/app.db", r"sqlite:c:\app.db"] {
            assert!(matches!(path(url), Err(OpenError::WindowsPath)), "{url}");
        }
    }

    /// Tests run in the crate's folder.
    #[test]
    fn a_file_of_the_working_directory_that_is_looked_for_at_the_root_is_told() {
        let refusal = path("sqlite:///src/lib.rs").unwrap_err().to_string();
        assert!(refusal.ends_with("write sqlite://src/lib.rs for that"), "{refusal}");
        assert_eq!(path("sqlite:///src/app.db").unwrap(), Path::new("/src/app.db"));
    }

    #[test]
    fn a_url_without_a_file_is_refused() {
        assert!(matches!(path("sqlite:"), Err(OpenError::NoPath)));
        assert!(matches!(path("sqlite://"), Err(OpenError::NoPath)));
        assert!(matches!(path("sqlite::memory:"), Err(OpenError::InMemory)));
        assert!(matches!(path("sqlite://:memory:"), Err(OpenError::InMemory)));
    }
}
