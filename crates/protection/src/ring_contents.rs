use std::{collections::HashSet, sync::Arc};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    KeyEncryption, KeyProblem, KeyRepository, KeyRepositoryError, StoredElement,
    key::Key,
    key_xml::{self, ElementError, Revocation, RingElement},
};

/// The keys of a repository, with all revocations applied.
#[derive(Debug, Clone)]
pub(crate) struct RingContents {
    keys: Vec<Arc<Key>>,
    element_count: usize,
    skipped_elements: Vec<String>,
}

impl RingContents {
    /// Reads everything. A key that cannot be read is skipped with a warning, a revocation that cannot is an error.
    pub(crate) async fn read(
        repository: &dyn KeyRepository,
        encryption: &[KeyEncryption],
    ) -> Result<Self, KeyRepositoryError> {
        let elements = repository.all_elements().await?;
        let encryption = encryption.to_vec();
        // Opening what is encrypted at rest may take as long as hashing a password.
        tokio::task::spawn_blocking(move || Self::parse(&elements, &encryption))
            .await
            .map_err(|stopped| stopped.to_string())
            .flatten()
            .map_err(|error| KeyRepositoryError {
                place: repository.place(),
                source: error.into(),
            })
    }

    fn parse(elements: &[StoredElement], encryption: &[KeyEncryption]) -> Result<Self, String> {
        let mut keys: Vec<Key> = Vec::new();
        let mut skipped_elements = Vec::new();
        let mut revoked = HashSet::new();
        let mut all_revoked_before: Option<OffsetDateTime> = None;
        for element in elements {
            let name = &element.name;
            match key_xml::parse(&element.xml, encryption) {
                Ok(RingElement::Key(key)) if keys.iter().any(|known| known.id == key.id) => {
                    tracing::warn!(element = name, key = %key.id, "the key ring has a key twice: the second is skipped");
                }
                Ok(RingElement::Key(key)) => {
                    if let Err(problem) = &key.secret {
                        tracing::error!(element = name, key = %key.id, %problem, "a key of the ring cannot be used");
                    }
                    keys.push(key);
                }
                Ok(RingElement::Revocation(Revocation::One(id))) => {
                    revoked.insert(id);
                }
                Ok(RingElement::Revocation(Revocation::AllCreatedBefore(date))) => {
                    all_revoked_before = all_revoked_before.max(Some(date));
                }
                Ok(RingElement::Unknown(root)) => {
                    tracing::warn!(
                        element = name,
                        root,
                        "the key ring has something that is no key: it is skipped"
                    );
                    skipped_elements.push(name.clone());
                }
                Err(error) if is_about_a_revocation(name, &error) => {
                    return Err(format!("{name}: {error}"));
                }
                Err(error) => {
                    tracing::warn!(element = name, %error, "an element of the key ring is skipped");
                    skipped_elements.push(name.clone());
                }
            }
        }
        for key in &mut keys {
            // Strictly before: a key made in the same instant as the revocation is its replacement.
            key.is_revoked =
                revoked.contains(&key.id) || all_revoked_before.is_some_and(|date| key.life.creation_date < date);
        }
        Ok(Self {
            keys: keys.into_iter().map(Arc::new).collect(),
            element_count: elements.len(),
            skipped_elements,
        })
    }

    pub(crate) fn keys(&self) -> &[Arc<Key>] {
        &self.keys
    }

    /// How many elements the repository had, whatever they are.
    pub(crate) fn element_count(&self) -> usize {
        self.element_count
    }

    /// The names of those that are neither key nor revocation.
    pub(crate) fn skipped_elements(&self) -> &[String] {
        &self.skipped_elements
    }

    /// A key that has not been revoked and does not open for want of its passphrase.
    pub(crate) fn waiting_for_passphrase(&self) -> Option<(Uuid, &KeyProblem)> {
        let mut keys = self.keys.iter().filter(|key| !key.is_revoked);
        keys.find_map(|key| {
            let problem = key.secret.as_ref().err()?;
            problem.is_about_a_passphrase().then_some((key.id, problem))
        })
    }

    /// Of the keys that can be used, expired or not, the one that was made last.
    pub(crate) fn newest_usable(&self) -> Option<&Arc<Key>> {
        let usable = self.keys.iter().filter(|key| key.is_usable() && !key.is_revoked);
        usable.max_by_key(|key| key.life.creation_date)
    }

    pub(crate) fn key(&self, id: Uuid) -> Option<&Arc<Key>> {
        self.keys.iter().find(|key| key.id == id)
    }
}

/// Going on without a revocation would trust what was revoked.
fn is_about_a_revocation(name: &str, error: &ElementError) -> bool {
    match error {
        ElementError::Revocation(_) => true,
        ElementError::NotXml(_) => name.starts_with("revocation-"),
        ElementError::Key(_) => false,
    }
}
