//! From settings to the ring of keys.

use std::sync::Arc;

use wicketgate_protection::{Clock, EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRing, Random};

use crate::{
    key_encryption::{self, KeyEncryptionFileError},
    opening_error::OpeningError,
    settings::{KeySettings, KeyStore, Settings},
};

/// The keys in the folder or the database that the settings name. No key is read yet, but certificates and
/// passphrases are.
pub(crate) async fn key_ring(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<KeyRing>, OpeningError> {
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
    Ok(Arc::new(KeyRing::new(
        repository,
        key_encryption::options(settings)?,
        clock,
        random,
    )))
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
