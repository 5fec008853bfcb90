//! The key ring: which keys there are, and which of them protects.

pub(crate) mod contents;
pub(crate) mod default_key;
mod edition;
mod key_counts;
mod key_info;
mod new_key;
mod options;
mod readings;
mod refresh;
mod revocations;
mod snapshot;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use time::OffsetDateTime;
use tokio::sync::Mutex;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use edition::RingEdition;
pub use key_counts::KeyCounts;
pub use key_info::KeyInfo;
pub use options::KeyRingOptions;
use readings::Readings;
pub(crate) use snapshot::Snapshot;

use crate::key::xml::{self, Revocation};
use crate::ring::contents::RingContents;
use crate::{Clock, KeyRepository, KeyRepositoryError, Random, StoredElement};

/// The keys, which of them protects, and when the next one is created (.NET's `KeyRingProvider` and `XmlKeyManager`).
///
/// The repository is read at the first use, again after at most a day or when the default key expires, and at once when
/// a payload names an unknown key.
///
/// Absence is not revocation: keys and revocations that were read once stay in use even if the repository can no longer
/// be read, is empty or damaged, and an error in the log names them. To end a key, revoke it. A ring that has lost all
/// its keys, or finds only damaged ones, creates none by itself.
pub struct KeyRing {
    repository: Arc<dyn KeyRepository>,
    options: KeyRingOptions,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    current: ArcSwapOption<Snapshot>,
    /// Held while the repository is read, so that only one reads it.
    readings: Arc<Mutex<Readings>>,
    /// How many keys were made here.
    made: AtomicUsize,
}

impl KeyRing {
    /// A ring over `repository`. Nothing is read before the first use.
    pub fn new(
        repository: Arc<dyn KeyRepository>,
        options: KeyRingOptions,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            repository,
            options,
            clock,
            random,
            current: ArcSwapOption::empty(),
            readings: Arc::default(),
            made: AtomicUsize::default(),
        }
    }

    /// Reads the ring, and creates the first key if there is none, so that a bad repository is noticed at startup.
    ///
    /// # Errors
    /// If the repository cannot be read or, if a key is needed, written; if none of its keys can be read; and if a key
    /// that has not been revoked needs another passphrase. No key is created then, even if others can be read.
    pub async fn load(self: &Arc<Self>) -> Result<(), KeyRepositoryError> {
        let snapshot = self.current().await?;
        let contents = snapshot.contents();
        self.require_passphrases(contents)?;
        // An expired key protects where no other can be made. That is for a server that runs; one that starts can wait.
        match contents.default_key(self.clock.now()).preferred {
            None if self.options.auto_generate_keys => self.require_certainty(contents),
            _ => Ok(()),
        }
    }

    /// Reads the ring again now, so that revocations by other processes take effect at once.
    ///
    /// # Errors
    /// If no key can be used and none can be created. Known keys stay in use if the repository cannot be read, and
    /// readable keys if others need another passphrase.
    pub async fn reload(self: &Arc<Self>) -> Result<(), KeyRepositoryError> {
        self.expire();
        self.current().await.map(drop)
    }

    /// All keys that the repository has now, the newest last. Creates none.
    ///
    /// # Errors
    /// If the repository cannot be read.
    pub async fn keys(&self) -> Result<Vec<KeyInfo>, KeyRepositoryError> {
        let contents = self.read_anew().await?;
        let choice = contents.default_key(self.clock.now());
        let default = choice.preferred.or(choice.fallback);
        let mut keys: Vec<_> = contents
            .keys()
            .iter()
            .map(|key| KeyInfo {
                id: key.id,
                creation_date: key.life.creation_date,
                activation_date: key.life.activation_date,
                expiration_date: key.life.expiration_date,
                is_revoked: key.is_revoked,
                is_default: default.as_ref().is_some_and(|default| default.id == key.id),
                at_rest: key.at_rest,
                problem: key.secret.as_ref().err().cloned(),
            })
            .collect();
        keys.sort_by_key(|key| (key.activation_date, key.creation_date, key.id));
        Ok(keys)
    }

    /// How many keys were read last, and how many of them were made here. Reads nothing; `None` if nothing was read yet.
    pub fn counts(&self) -> Option<KeyCounts> {
        let known = self.current.load_full()?;
        Some(KeyCounts {
            all: known.contents().keys().len(),
            made: self.made.load(Ordering::Relaxed),
        })
    }

    /// The names of the repository's elements that are skipped, because they are neither a key nor a revocation, or not
    /// XML.
    ///
    /// # Errors
    /// If the repository cannot be read.
    pub async fn skipped_elements(&self) -> Result<Vec<String>, KeyRepositoryError> {
        Ok(self.read_anew().await?.skipped_elements().to_vec())
    }

    /// When a key starts protecting, unless another key is created: a new key first has to reach all instances. `None`
    /// if never.
    ///
    /// # Errors
    /// If the repository cannot be read.
    pub async fn protects_from(&self, id: Uuid) -> Result<Option<OffsetDateTime>, KeyRepositoryError> {
        let contents = self.read_anew().await?;
        Ok(default_key::protects_from(id, self.clock.now(), contents.keys()))
    }

    /// Creates a key that is valid from `activation` to `expiration`, and returns its id.
    /// [`protects_from`](Self::protects_from) tells when it starts protecting. This is also how an operator confirms
    /// that the keys of an empty or damaged repository are lost for good.
    ///
    /// # Errors
    /// If the repository cannot be read or written, and if a key that has not been revoked needs another passphrase.
    pub async fn create_key(
        &self,
        activation: OffsetDateTime,
        expiration: OffsetDateTime,
    ) -> Result<Uuid, KeyRepositoryError> {
        self.require_passphrases(&*self.read_anew().await?)?;
        let (id, element) = self.new_key(activation, expiration).await?;
        self.repository.store(element).await?;
        self.made.fetch_add(1, Ordering::Relaxed);
        self.forget().await;
        Ok(id)
    }

    /// Revokes one key: what it protected is lost, here at once and in other instances when they next read the ring.
    ///
    /// # Errors
    /// If the repository cannot be written.
    pub async fn revoke_key(&self, id: Uuid, reason: Option<&str>) -> Result<(), KeyRepositoryError> {
        self.revoke(Revocation::One(id), reason).await
    }

    /// Revokes all keys that were created before an instant.
    ///
    /// # Errors
    /// If the repository cannot be written.
    pub async fn revoke_all(&self, before: OffsetDateTime, reason: Option<&str>) -> Result<(), KeyRepositoryError> {
        self.revoke(Revocation::AllCreatedBefore(before), reason).await
    }

    /// Copies all keys and revocations to another repository, and returns their number. Keys stay encrypted, or in
    /// clear, as they are.
    ///
    /// # Errors
    /// If this repository cannot be read or the other cannot be written, which may then contain a part of the ring.
    pub async fn copy_to(&self, target: &dyn KeyRepository) -> Result<usize, KeyRepositoryError> {
        let mut elements = self.repository.all_elements().await?;
        // Of a file that is no text, nothing is known but its name.
        elements.retain(|element| !element.xml.is_empty());
        let count = elements.len();
        for element in elements {
            let xml = Zeroizing::new(without_declaration(&element.xml).to_owned());
            target
                .store(StoredElement {
                    name: element.name,
                    xml,
                })
                .await?;
        }
        Ok(count)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// A wrong passphrase must not encrypt a new key beside those that it should have decrypted.
    fn require_passphrases(&self, contents: &RingContents) -> Result<(), KeyRepositoryError> {
        let Some((id, problem)) = contents.waiting_for_passphrase() else {
            return Ok(());
        };
        Err(self.refusal(format!(
            "no key is made before the key {id} opens or is revoked: {problem}"
        )))
    }

    fn refusal(&self, reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> KeyRepositoryError {
        KeyRepositoryError {
            place: self.repository.place(),
            source: reason.into(),
        }
    }

    async fn revoke(&self, revocation: Revocation, reason: Option<&str>) -> Result<(), KeyRepositoryError> {
        tracing::warn!(?revocation, reason, "revoking");
        self.repository
            .store(StoredElement {
                name: xml::revocation_name(revocation),
                xml: Zeroizing::new(xml::write_revocation(revocation, self.clock.now(), reason)),
            })
            .await?;
        self.forget().await;
        Ok(())
    }
}

/// Strips byte order mark and XML declaration, which each repository adds in its own way.
fn without_declaration(xml: &str) -> &str {
    let xml = xml.trim_start_matches('\u{FEFF}');
    match xml.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, element)) => element.trim_start(),
        None => xml,
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("repository", &self.repository)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
