//! The files that passwords are checked and hashed with: peppers and the corpus of breached passwords.

use std::{io, path::Path, path::PathBuf};

use wicketgate_identity::password::{BreachCorpus, Pepper, PepperTooShort};

use crate::{secret_file, settings::Settings};

/// Why such a file cannot be used. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFileError {
    /// The pepper's file cannot be read.
    #[error("cannot read the pepper {}: {source}", path.display())]
    UnreadablePepper {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds no pepper.
    #[error("cannot use the pepper {}: {source}", path.display())]
    UnusablePepper {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: PepperTooShort,
    },
    /// The file is no corpus.
    #[error("cannot use the corpus of breached passwords {}: {source}", path.display())]
    BreachCorpus {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
}

/// The settings with what these files hold.
pub(crate) fn opened(settings: &Settings) -> Result<Settings, PasswordFileError> {
    let mut settings = settings.clone();
    let files = &settings.password_files;
    let hasher = &mut settings.identity.password_hasher;
    hasher.pepper = files.pepper_file.as_deref().map(pepper).transpose()?;
    let previous = files.previous_pepper_files.iter().map(|path| pepper(path));
    hasher.previous_peppers = previous.collect::<Result<_, _>>()?;
    let corpus = files.breach_corpus.as_deref().map(breach_corpus).transpose()?;
    settings.identity.password.breach_corpus = corpus;
    Ok(settings)
}

fn pepper(path: &Path) -> Result<Pepper, PasswordFileError> {
    let secret = secret_file::read(path).map_err(|source| PasswordFileError::UnreadablePepper {
        path: path.to_owned(),
        source,
    })?;
    Pepper::new(secret).map_err(|source| PasswordFileError::UnusablePepper {
        path: path.to_owned(),
        source,
    })
}

fn breach_corpus(path: &Path) -> Result<BreachCorpus, PasswordFileError> {
    BreachCorpus::open(path).map_err(|source| PasswordFileError::BreachCorpus {
        path: path.to_owned(),
        source,
    })
}
