//! Why accounts or keys cannot be opened.

use wicketgate_identity::StoreError;
use wicketgate_protection::KeyRepositoryError;
use wicketgate_sql::OpenError;

use crate::key_encryption::KeyEncryptionFileError;

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
    /// The certificate or passphrase that keys are encrypted with cannot be used.
    #[error(transparent)]
    KeyEncryption(#[from] KeyEncryptionFileError),
}

impl OpeningError {
    /// Whether the same may succeed in a moment: a database's server is away.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error, OpenError::Away { .. }),
            Self::Store(error) => matches!(error, StoreError::Unavailable(_)),
            Self::Keys(error) => error.is_passing(),
            Self::KeyEncryption(_) => false,
        }
    }
}
