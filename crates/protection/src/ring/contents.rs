//! The contents of a key ring: the keys and revocations of its repository, and those it has lost since they were first
//! read.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::key::xml::{self, ElementError, RingElement};
use crate::key::{Key, KeyProblem};
use crate::ring::default_key::{self, DefaultKey};
use crate::ring::edition::RingEdition;
use crate::ring::revocations::Revocations;
use crate::{KeyEncryption, KeyRepository, KeyRepositoryError, StoredElement};

/// The keys of a repository, with all revocations applied.
#[derive(Debug, Default)]
pub(crate) struct RingContents {
    /// The keys that the repository has, followed by those that it has lost.
    keys: Vec<Arc<Key>>,
    /// The number of lost keys.
    lost_keys: usize,
    /// What was lost, for the log.
    losses: Vec<String>,
    revocations: Revocations,
    element_count: usize,
    skipped_elements: Vec<String>,
    /// The skipped elements that may be keys.
    damaged_elements: Vec<String>,
    fingerprint: [u8; 32],
    edition: RingEdition,
}

impl RingContents {
    /// Reads everything. An unreadable key is skipped with a warning, an unreadable revocation is an error.
    ///
    /// Keeps what the earlier contents `known` had, even if the repository no longer has it: a file that vanished or
    /// was truncated, or an empty table, is a fault of the repository and revokes nothing. Returns `known` itself if
    /// nothing has changed.
    pub(crate) async fn read(
        repository: &dyn KeyRepository,
        encryption: &[KeyEncryption],
        known: Option<Arc<Self>>,
    ) -> Result<Arc<Self>, KeyRepositoryError> {
        let elements = repository.all_elements().await?;
        let fingerprint = fingerprint(&elements);
        if let Some(known) = &known
            && known.fingerprint == fingerprint
        {
            return Ok(Arc::clone(known));
        }
        let edition = known.as_ref().map(|known| known.edition).unwrap_or_default().next();
        let encryption = encryption.to_vec();
        // Decrypting keys may take as long as hashing a password.
        let parsed = tokio::task::spawn_blocking(move || {
            let (keys, contents) = Self::parse(&elements, &encryption)?;
            Ok(contents.with_keys(keys, known.as_deref()))
        });
        let contents: Result<Self, String> = parsed.await.map_err(|stopped| stopped.to_string()).flatten();
        let contents = contents.map_err(|error| KeyRepositoryError {
            place: repository.place(),
            source: error.into(),
        })?;
        Ok(Arc::new(Self {
            fingerprint,
            edition,
            ..contents
        }))
    }

    /// The readable keys, and everything else but keys.
    fn parse(elements: &[StoredElement], encryption: &[KeyEncryption]) -> Result<(Vec<Key>, Self), String> {
        let mut keys: Vec<Key> = Vec::new();
        let mut contents = Self {
            element_count: elements.len(),
            ..Self::default()
        };
        for element in elements {
            let name = &element.name;
            match xml::parse(&element.xml, encryption) {
                Ok(RingElement::Key(key)) if keys.iter().any(|known| known.id == key.id) => {
                    tracing::warn!(element = name, key = %key.id, "the key ring has a key twice: the second is skipped");
                }
                Ok(RingElement::Key(key)) => {
                    if let Err(problem) = &key.secret {
                        tracing::error!(element = name, key = %key.id, %problem, "a key of the ring cannot be used");
                    }
                    keys.push(key);
                }
                Ok(RingElement::Revocation(revocation)) => contents.revocations.add(revocation),
                Ok(RingElement::Unknown(root)) => {
                    tracing::warn!(
                        element = name,
                        root,
                        "the key ring has something that is no key: it is skipped"
                    );
                    contents.skipped_elements.push(name.clone());
                }
                Err(error) if is_about_a_revocation(name, &error) => {
                    return Err(format!("{name}: {error}"));
                }
                Err(error) => {
                    tracing::warn!(element = name, %error, "an element of the key ring is skipped");
                    contents.skipped_elements.push(name.clone());
                    contents.damaged_elements.push(name.clone());
                }
            }
        }
        Ok((keys, contents))
    }

    /// Adds these keys, and what only `known` has.
    fn with_keys(mut self, mut keys: Vec<Key>, known: Option<&Self>) -> Self {
        if let Some(known) = known {
            self.losses = self.revocations.keep(&known.revocations);
            for key in &known.keys {
                let stored = keys.iter().position(|stored| stored.id == key.id);
                match stored.map(|stored| (stored, keys[stored].secret.as_ref().err())) {
                    Some((_, None)) => continue,
                    Some((_, Some(_))) if !key.is_usable() => continue,
                    Some((stored, Some(problem))) => {
                        self.losses.push(format!("the key {}: {problem}", key.id));
                        keys.remove(stored);
                    }
                    None => self
                        .losses
                        .push(format!("the key {} is missing or cannot be read", key.id)),
                }
                self.lost_keys += 1;
                self.keys.push(Arc::clone(key));
            }
        }
        let lost = self.keys.drain(..).map(Arc::unwrap_or_clone);
        let all = keys.into_iter().chain(lost);
        self.keys = all
            .map(|mut key| {
                key.is_revoked = self.revocations.concern(&key);
                Arc::new(key)
            })
            .collect();
        self
    }

    /// All keys: those in the repository, and those it has lost.
    pub(crate) fn keys(&self) -> &[Arc<Key>] {
        &self.keys
    }

    fn stored_keys(&self) -> &[Arc<Key>] {
        &self.keys[..self.keys.len() - self.lost_keys]
    }

    /// The key that protects: preferably one that the repository still has.
    pub(crate) fn default_key(&self, now: OffsetDateTime) -> DefaultKey {
        let choice = default_key::choose(now, self.stored_keys());
        if choice.preferred.is_some() || self.lost_keys == 0 {
            return choice;
        }
        default_key::choose(now, &self.keys)
    }

    /// The number of these contents among all that the ring has had.
    pub(crate) fn edition(&self) -> RingEdition {
        self.edition
    }

    /// The number of elements in the repository, of any kind.
    pub(crate) fn element_count(&self) -> usize {
        self.element_count
    }

    /// The names of elements that are neither key nor revocation.
    pub(crate) fn skipped_elements(&self) -> &[String] {
        &self.skipped_elements
    }

    /// What the repository has lost, in words.
    pub(crate) fn losses(&self) -> &[String] {
        &self.losses
    }

    /// Keys that would still protect something if they could be read, in words.
    pub(crate) fn unusable_keys(&self) -> Vec<String> {
        let keys = self.keys.iter().filter(|key| !key.is_revoked);
        let unusable = keys.filter_map(|key| Some(format!("{}: {}", key.id, key.secret.as_ref().err()?)));
        unusable.collect()
    }

    /// A key that has not been revoked and needs another passphrase.
    pub(crate) fn waiting_for_passphrase(&self) -> Option<(Uuid, &KeyProblem)> {
        let mut keys = self.keys.iter().filter(|key| !key.is_revoked);
        keys.find_map(|key| {
            let problem = key.secret.as_ref().err()?;
            problem.is_about_a_passphrase().then_some((key.id, problem))
        })
    }

    /// Why this ring must not create a key by itself, if it must not: its keys may be back in a moment, and a key
    /// created now might end up beside a mounted volume instead of on it, or beside a key that is only damaged.
    pub(crate) fn is_in_doubt(&self) -> Option<String> {
        let damaged_elements = &self.damaged_elements[..];
        if damaged_elements.is_empty() && self.stored_keys().iter().any(|key| key.is_usable()) {
            return None;
        }
        let reason = match (self.lost_keys, damaged_elements) {
            (0, []) => return None,
            (0, damaged) => format!("{} cannot be read", damaged.join(", ")),
            _ => self.losses.join("; "),
        };
        Some(format!(
            "no key is made before its keys can be read again, or an operator makes one with `keys new`: {reason}"
        ))
    }

    /// The most recently created usable key, expired or not.
    pub(crate) fn newest_usable(&self) -> Option<&Arc<Key>> {
        let usable = self.keys.iter().filter(|key| key.is_usable() && !key.is_revoked);
        usable.max_by_key(|key| key.life.creation_date)
    }

    pub(crate) fn key(&self, id: Uuid) -> Option<&Arc<Key>> {
        self.keys.iter().find(|key| key.id == id)
    }
}

/// A hash of names and texts, so that unchanged elements are not parsed and decrypted again.
fn fingerprint(elements: &[StoredElement]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in elements
        .iter()
        .flat_map(|element| [element.name.as_str(), element.xml.as_str()])
    {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// Without a revocation, a revoked key would be trusted.
fn is_about_a_revocation(name: &str, error: &ElementError) -> bool {
    match error {
        ElementError::Revocation(_) => true,
        ElementError::NotXml(_) => name.starts_with("revocation-"),
        ElementError::Key(_) => false,
    }
}
