//! From settings to the ring of keys.

use std::{fs, io, path::Path, path::PathBuf, sync::Arc};

use wicketgate_protection::{
    Clock, EmptyPassphrase, EphemeralKeyRepository, FolderKeyRepository, KeyCertificate, KeyCertificateError,
    KeyEncryption, KeyPassphrase, KeyRepository, KeyRing, KeyRingOptions, Random,
};
use zeroize::Zeroizing;

use crate::{
    commands::CommandError,
    settings::{KeySettings, KeyStore, Settings},
};

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

/// The keys in the folder or the database that the settings name. No key is read yet, but certificates and
/// passphrases are.
pub(crate) async fn key_ring(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<KeyRing>, CommandError> {
    let repository: Arc<dyn KeyRepository> = match are_in_database(settings) {
        false => Arc::new(FolderKeyRepository::new(&settings.keys.directory)),
        true if settings.database.is_memory() => Arc::new(EphemeralKeyRepository::default()),
        true => wicketgate_sql::connect_keys(&settings.database.to_url()).await?,
    };
    Ok(key_ring_in(repository, &settings.keys, clock, random)?)
}

/// The keys in `repository`, opened and encrypted as the settings say.
pub(crate) fn key_ring_in(
    repository: Arc<dyn KeyRepository>,
    settings: &KeySettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<KeyRing>, KeyEncryptionFileError> {
    Ok(Arc::new(KeyRing::new(repository, options(settings)?, clock, random)))
}

/// Where the keys are, for the log.
pub(crate) fn place(settings: &Settings) -> String {
    match are_in_database(settings) {
        false => settings.keys.directory.display().to_string(),
        true => "database".to_owned(),
    }
}

/// Whether the database of the accounts holds the keys too.
pub(crate) fn are_in_database(settings: &Settings) -> bool {
    match settings.keys.store {
        KeyStore::Auto => !settings.database.is_memory() && !settings.database.url.0.starts_with("sqlite:"),
        KeyStore::Folder => false,
        KeyStore::Database => true,
    }
}

/// How new keys are made. The first way to encrypt is the one for new keys, so those that are to open keys come last;
/// the settings do not take them alone.
fn options(settings: &KeySettings) -> Result<KeyRingOptions, KeyEncryptionFileError> {
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
    let pem = fs::read_to_string(path).map_err(|source| KeyEncryptionFileError::UnreadableCertificate {
        path: path.to_owned(),
        source,
    })?;
    let pem = Zeroizing::new(pem);
    let certificate =
        KeyCertificate::from_pem(&pem, &pem).map_err(|source| KeyEncryptionFileError::UnusableCertificate {
            path: path.to_owned(),
            source,
        })?;
    Ok(KeyEncryption::Certificate(Arc::new(certificate)))
}

fn passphrase(path: &Path) -> Result<KeyEncryption, KeyEncryptionFileError> {
    let text = fs::read_to_string(path).map_err(|source| KeyEncryptionFileError::UnreadablePassphrase {
        path: path.to_owned(),
        source,
    })?;
    let text = Zeroizing::new(text);
    // Files end with a line end that is no part of the passphrase.
    let passphrase = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    let passphrase = KeyPassphrase::new(passphrase).map_err(|source| KeyEncryptionFileError::UnusablePassphrase {
        path: path.to_owned(),
        source,
    })?;
    Ok(KeyEncryption::Passphrase(Arc::new(passphrase)))
}
