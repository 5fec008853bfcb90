//! Creating a key.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::KeyRing;
use crate::key::{KeyLife, KeySecret, xml};
use crate::repository::{KeyRepositoryError, StoredElement};

impl KeyRing {
    /// Creates a key, but does not store it yet.
    pub(super) async fn new_key(
        &self,
        activation: OffsetDateTime,
        expiration: OffsetDateTime,
    ) -> Result<(Uuid, StoredElement), KeyRepositoryError> {
        let mut id = [0; 16];
        self.random.fill(&mut id);
        let id = uuid::Builder::from_random_bytes(id).into_uuid();
        let secret = KeySecret::generate(self.options.algorithm, self.random());
        let life = KeyLife {
            creation_date: self.clock.now(),
            activation_date: activation,
            expiration_date: expiration,
        };
        let algorithm = secret.algorithm;
        let master_key = self.write_master_key(id, secret).await?;
        tracing::info!(key = %id, %activation, %expiration, "making a key");
        let element = StoredElement {
            name: xml::key_name(id),
            xml: xml::write_key(id, life, algorithm, &master_key),
        };
        Ok((id, element))
    }

    /// Writes the master key as XML, encrypted if the options say so.
    async fn write_master_key(&self, id: Uuid, secret: KeySecret) -> Result<Zeroizing<String>, KeyRepositoryError> {
        let Some(encryption) = self.options.encryption.first().cloned() else {
            return Ok(xml::write_master_key(&secret));
        };
        let random = Arc::clone(&self.random);
        tokio::task::spawn_blocking(move || xml::write_encrypted_master_key(&secret, id, &encryption, &*random))
            .await
            .ok()
            .flatten()
            .ok_or_else(|| self.refusal("a new key could not be encrypted"))
    }
}
