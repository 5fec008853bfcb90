//! Why accounts or keys cannot be opened.

use wicketgate_identity::StoreError;
use wicketgate_protection::KeyRepositoryError;
use wicketgate_sql::OpenError;

use crate::{key_encryption::KeyEncryptionFileError, password_files::PasswordFileError};

/// Why accounts or keys cannot be opened. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The application's own store cannot be used.
    #[error(transparent)]
    Store(StoreError),
    /// The keys cannot be read or written.
    #[error(transparent)]
    Keys(#[from] KeyRepositoryError),
    /// There are no keys where they should be, but elsewhere.
    #[error(
        "{place} has no keys, but {elsewhere} has {elements} keys and revocations, and a new key would end every session: {advice}"
    )]
    KeysElsewhere {
        /// Where they should be.
        place: String,
        /// Where they are.
        elsewhere: &'static str,
        /// How many keys and revocations are there.
        elements: usize,
        /// What to set.
        advice: &'static str,
    },
    /// The certificate or passphrase that keys are encrypted with cannot be used.
    #[error(transparent)]
    KeyEncryption(#[from] KeyEncryptionFileError),
    /// A pepper or the corpus of breached passwords cannot be used.
    #[error(transparent)]
    PasswordFile(#[from] PasswordFileError),
}

impl OpeningError {
    /// Whether the same may succeed in a moment: a database's server is away.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error, OpenError::Away { .. }),
            Self::Store(error) => matches!(error, StoreError::Unavailable(_)),
            Self::Keys(error) => error.is_passing(),
            Self::KeysElsewhere { .. } | Self::KeyEncryption(_) | Self::PasswordFile(_) => false,
        }
    }
}
