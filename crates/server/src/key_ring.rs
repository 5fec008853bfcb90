//! From settings to the ring of keys.

use std::{fmt, path::Path, sync::Arc};

use wicketgate_protection::{Clock, EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRing, Random};

use crate::{
    key_encryption::{self, KeyEncryptionFileError},
    opening_error::OpeningError,
    settings::{KeySettings, KeyStore, Settings},
};

/// Where the settings have the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPlace<'a> {
    Folder(&'a Path),
    /// The database of the accounts.
    Database,
    /// Where the accounts are, too.
    Memory,
}

impl<'a> KeyPlace<'a> {
    /// A folder that was given is the folder, whatever the database is.
    pub(crate) fn of(settings: &'a Settings) -> Self {
        let is_in_database = match settings.keys.store {
            KeyStore::Auto => settings.keys.directory.is_none() && settings.database.is_server(),
            KeyStore::Folder => false,
            KeyStore::Database => true,
        };
        match is_in_database {
            false => Self::Folder(settings.keys.directory()),
            true if settings.database.is_memory() => Self::Memory,
            true => Self::Database,
        }
    }
}

/// For the log.
impl fmt::Display for KeyPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "the folder {}", folder.display()),
            Self::Database => f.write_str("the database"),
            Self::Memory => f.write_str("memory"),
        }
    }
}

/// The keys in the folder or the database that the settings name. Certificates and passphrases are read.
pub(crate) async fn key_ring(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<KeyRing>, OpeningError> {
    let repository: Arc<dyn KeyRepository> = match KeyPlace::of(settings) {
        KeyPlace::Folder(folder) => Arc::new(FolderKeyRepository::new(folder)),
        KeyPlace::Memory => Arc::new(EphemeralKeyRepository::default()),
        KeyPlace::Database => {
            wicketgate_sql::connect_keys(&settings.database.to_url(), &settings.identity.stores).await?
        }
    };
    refuse_if_keys_are_elsewhere(settings, &*repository).await?;
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

/// Where the keys are, how many, and how many of these the ring has just made. For the log.
pub(crate) fn describe(settings: &Settings, ring: Option<&KeyRing>) -> String {
    let place = KeyPlace::of(settings);
    match ring.and_then(KeyRing::counts) {
        None => format!("{place}, not read yet"),
        Some(counts) if counts.made == 0 => format!("{} from {place}", counts.all),
        Some(counts) => format!("{} from {place}, {} of them made now", counts.all, counts.made),
    }
}

/// Where nobody said in which place the keys are, and the place that was chosen has none although the other one does, a new
/// key would end every session.
async fn refuse_if_keys_are_elsewhere(settings: &Settings, repository: &dyn KeyRepository) -> Result<(), OpeningError> {
    if settings.keys.store != KeyStore::Auto || !repository.all_elements().await?.is_empty() {
        return Ok(());
    }
    let (elements, elsewhere, advice) = match KeyPlace::of(settings) {
        KeyPlace::Folder(_) => (
            elements_in_database(settings).await?,
            "the database's table DataProtectionKeys",
            "set `keys.store = \"database\"` and leave out `keys.directory` to use those, or set `keys.store = \"folder\"` to \
             begin anew",
        ),
        KeyPlace::Database => (
            elements_in_default_folder().await,
            "the folder data/keys",
            "set `keys.store = \"folder\"` to use those, or `keys.store = \"database\"` to begin anew",
        ),
        KeyPlace::Memory => return Ok(()),
    };
    match elements {
        0 => Ok(()),
        elements => Err(OpeningError::KeysElsewhere {
            place: KeyPlace::of(settings).to_string(),
            elsewhere,
            elements,
            advice,
        }),
    }
}

async fn elements_in_database(settings: &Settings) -> Result<usize, OpeningError> {
    let url = settings.database.to_url();
    if settings.database.is_memory() || url.is_missing_file() {
        return Ok(0);
    }
    match wicketgate_sql::inspect_keys(&url, &settings.identity.stores).await? {
        Some(keys) => Ok(keys.all_elements().await?.len()),
        None => Ok(0),
    }
}

/// A folder that cannot be read, or is not ours, says nothing.
async fn elements_in_default_folder() -> usize {
    let folder = FolderKeyRepository::new(KeySettings::DEFAULT_DIRECTORY);
    folder.all_elements().await.map_or(0, |elements| elements.len())
}
