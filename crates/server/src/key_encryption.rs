//! The certificates and passphrases that keys are encrypted with at rest.

use std::{io, path::Path, path::PathBuf, sync::Arc};

use wicketgate_protection::key::{EmptyPassphrase, KeyCertificateError};
use wicketgate_protection::{KeyCertificate, KeyEncryption, KeyPassphrase, KeyRingOptions};

use crate::{secret_file, settings::KeySettings};

/// Why keys cannot be encrypted at rest as the settings say. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum KeyEncryptionFileError {
    /// The certificate's file cannot be read.
    #[error("cannot read the keys' certificate {}: {source}", path.display())]
    UnreadableCertificate {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds no certificate with its key.
    #[error("cannot use the keys' certificate {}: {source}", path.display())]
    UnusableCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeyCertificateError,
    },
    /// The passphrase's file cannot be read.
    #[error("cannot read the keys' passphrase {}: {source}", path.display())]
    UnreadablePassphrase {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds no passphrase.
    #[error("cannot use the keys' passphrase {}: {source}", path.display())]
    UnusablePassphrase {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: EmptyPassphrase,
    },
}

/// How new keys are made. The first way to encrypt is the one for new keys, so those that are to open keys come last;
/// the settings do not take them alone.
pub(crate) fn options(settings: &KeySettings) -> Result<KeyRingOptions, KeyEncryptionFileError> {
    let certificates = |paths: &[PathBuf]| paths.iter().map(|path| certificate(path)).collect::<Vec<_>>();
    let passphrases = |paths: &[PathBuf]| paths.iter().map(|path| passphrase(path)).collect::<Vec<_>>();
    let encryption = [
        certificates(settings.certificate.as_slice()),
        passphrases(settings.passphrase_file.as_slice()),
        certificates(&settings.unprotect_certificates),
        passphrases(&settings.unprotect_passphrase_files),
    ];
    Ok(KeyRingOptions {
        encryption: encryption.into_iter().flatten().collect::<Result<_, _>>()?,
        ..KeyRingOptions::default()
    })
}

/// Certificate and private key are in one file.
fn certificate(path: &Path) -> Result<KeyEncryption, KeyEncryptionFileError> {
    let pem = secret_file::read_text(path).map_err(|source| KeyEncryptionFileError::UnreadableCertificate {
        path: path.to_owned(),
        source,
    })?;
    let certificate =
        KeyCertificate::from_pem(&pem, &pem).map_err(|source| KeyEncryptionFileError::UnusableCertificate {
            path: path.to_owned(),
            source,
        })?;
    Ok(KeyEncryption::Certificate(Arc::new(certificate)))
}

fn passphrase(path: &Path) -> Result<KeyEncryption, KeyEncryptionFileError> {
    let text = secret_file::read_text(path).map_err(|source| KeyEncryptionFileError::UnreadablePassphrase {
        path: path.to_owned(),
        source,
    })?;
    let passphrase = KeyPassphrase::new(text).map_err(|source| KeyEncryptionFileError::UnusablePassphrase {
        path: path.to_owned(),
        source,
    })?;
    Ok(KeyEncryption::Passphrase(Arc::new(passphrase)))
}
