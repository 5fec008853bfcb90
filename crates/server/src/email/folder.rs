use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{
    fs::{self, DirBuilder, OpenOptions},
    io::AsyncWriteExt,
};

use super::EmailStartError;

/// A folder with one `.eml` file for each mail, for trying things out.
#[derive(Debug)]
pub(super) struct MailFolder {
    path: PathBuf,
}

impl MailFolder {
    /// Makes the folder if need be (only its owner may look into it), and finds out now whether it can be written to.
    pub(super) async fn open(path: &Path) -> Result<Self, EmailStartError> {
        let folder = Self { path: path.to_owned() };
        folder.prepare().await.map_err(|source| EmailStartError::Folder {
            path: path.display().to_string(),
            source,
        })?;
        Ok(folder)
    }

    async fn prepare(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        builder.mode(0o700);
        builder.create(&self.path).await?;
        // Several processes may share the folder and start at once.
        let trial = self.path.join(format!(".trial-{}", std::process::id()));
        fs::write(&trial, []).await?;
        fs::remove_file(&trial).await
    }

    /// Writes `NAME.eml`, which is there as a whole or not at all, for its owner only: the links in it open accounts.
    pub(super) async fn write(&self, name: &str, message: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!(".{name}.part"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&unfinished).await?;
        file.write_all(message).await?;
        file.sync_all().await?;
        fs::rename(unfinished, self.path.join(format!("{name}.eml"))).await
    }
}
