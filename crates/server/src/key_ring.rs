//! From settings to the ring of keys.

use std::{fs, io, path::Path, path::PathBuf, sync::Arc};

use wicketgate_protection::{
    Clock, FolderKeyRepository, KeyCertificate, KeyCertificateError, KeyRing, KeyRingOptions, Random,
};
use zeroize::Zeroizing;

use crate::settings::KeySettings;

/// Why keys cannot be encrypted at rest as the settings say. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum KeyCertificateFileError {
    /// The file cannot be read.
    #[error("cannot read the keys' certificate {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds no certificate with its key.
    #[error("cannot use the keys' certificate {}: {source}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeyCertificateError,
    },
}

/// The keys in the folder that the settings name. No key is read yet, but the certificates are.
pub(crate) fn key_ring(
    settings: &KeySettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<KeyRing>, KeyCertificateFileError> {
    let folder = FolderKeyRepository::new(&settings.directory);
    let options = options(settings)?;
    Ok(Arc::new(KeyRing::new(Arc::new(folder), options, clock, random)))
}

/// How new keys are made. The first certificate is the one that encrypts, so further ones alone would do that too.
fn options(settings: &KeySettings) -> Result<KeyRingOptions, KeyCertificateFileError> {
    let files = settings.certificate.iter().chain(&settings.unprotect_certificates);
    Ok(KeyRingOptions {
        certificates: files.map(|path| certificate(path)).collect::<Result<_, _>>()?,
        ..KeyRingOptions::default()
    })
}

/// Certificate and private key are in one file.
fn certificate(path: &Path) -> Result<Arc<KeyCertificate>, KeyCertificateFileError> {
    let pem = fs::read_to_string(path).map_err(|source| KeyCertificateFileError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let pem = Zeroizing::new(pem);
    let certificate = KeyCertificate::from_pem(&pem, &pem).map_err(|source| KeyCertificateFileError::Unusable {
        path: path.to_owned(),
        source,
    })?;
    Ok(Arc::new(certificate))
}
