//! Protecting and unprotecting.

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key::Key;
use crate::payload::base64_text;
use crate::payload::encryptor::Encryptor;
use crate::payload::header::Header;
use crate::payload::purposes::Purposes;
use crate::ring::RingEdition;
use crate::{KeyRepositoryError, KeyRing};

/// Protects and unprotects for one chain of purposes (.NET's `IDataProtector`). Cheap to clone.
///
/// A protector caches what it has prepared for each key, so keep it rather than create one for each payload.
#[derive(Clone)]
pub struct Protector {
    shared: Arc<Shared>,
}

struct Shared {
    ring: Arc<KeyRing>,
    purposes: Purposes,
    /// One for each key in use, created on demand; a ring has few.
    prepared: ArcSwap<Vec<Prepared>>,
}

#[derive(Clone)]
struct Prepared {
    key: Arc<Key>,
    encryptor: Arc<Encryptor>,
}

/// Why nothing could be protected.
#[derive(Debug, thiserror::Error)]
pub enum ProtectError {
    /// The ring could not be read, or a key could not be written.
    #[error(transparent)]
    Repository(#[from] KeyRepositoryError),
    /// There is no usable key, and creating keys is switched off.
    #[error("the key ring has no key that may protect, and making keys is switched off")]
    NoDefaultKey,
}

/// Why a payload was refused. Every kind of damage gives the same `Invalid`, so that it reveals nothing.
#[derive(Debug, thiserror::Error)]
pub enum UnprotectError {
    /// Damaged, made for other purposes, or by an unknown or revoked key.
    #[error("the protected payload is not valid")]
    Invalid,
    /// An expired time-limited payload.
    #[error("the protected payload has expired")]
    Expired,
    /// The ring could not be read.
    #[error(transparent)]
    Repository(#[from] KeyRepositoryError),
}

/// The key that protected a payload, as its first bytes say, which nobody has verified; `None` for what is no payload.
pub fn key_of(payload: &[u8]) -> Option<Uuid> {
    Header::split(payload).map(|(header, _)| header.key_id)
}

impl Protector {
    pub(crate) fn new(ring: Arc<KeyRing>, purposes: Purposes) -> Self {
        Self {
            shared: Arc::new(Shared {
                ring,
                purposes,
                prepared: ArcSwap::default(),
            }),
        }
    }

    /// Encrypts and authenticates `plaintext`. Asynchronous, since the ring is read at the first use and when a key
    /// expires.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn protect(&self, plaintext: &[u8]) -> Result<Vec<u8>, ProtectError> {
        let ring = self.shared.ring.current().await?;
        let default = ring.default.as_ref().ok_or(ProtectError::NoDefaultKey)?;
        let encryptor = self.encryptor(default).ok_or(ProtectError::NoDefaultKey)?;
        Ok(encryptor.protect(plaintext, self.shared.ring.random()))
    }

    /// What was protected, wiped from memory when dropped.
    ///
    /// # Errors
    /// [`UnprotectError::Invalid`] for any payload that is not exactly what `protect` returned for these purposes.
    pub async fn unprotect(&self, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
        self.open(payload, |key| !key.is_revoked).await
    }

    async fn open(
        &self,
        payload: &[u8],
        may_open: impl Fn(&Key) -> bool,
    ) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
        let (Header { key_id }, body) = Header::split(payload).ok_or(UnprotectError::Invalid)?;
        let mut ring = self.shared.ring.current().await?;
        if ring.key(key_id).is_none() {
            ring = self.shared.ring.look_again(&ring).await;
        }
        ring.key(key_id)
            .filter(|key| may_open(key))
            .and_then(|key| self.encryptor(key))
            .and_then(|encryptor| encryptor.unprotect(body))
            .ok_or(UnprotectError::Invalid)
    }

    /// [`unprotect`](Self::unprotect) for data at rest, such as rows of a database, which outlive the revocation of the
    /// key that protected them (.NET's `DangerousUnprotect`). What this opens may have been made by whoever stole the
    /// key: never call it for what a client sends.
    ///
    /// # Errors
    /// As [`unprotect`](Self::unprotect), except that a revoked key is no reason to refuse.
    pub async fn unprotect_at_rest(&self, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
        self.open(payload, |_| true).await
    }

    /// The key that protects now.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn protecting_key(&self) -> Result<Uuid, ProtectError> {
        let ring = self.shared.ring.current().await?;
        ring.default
            .as_ref()
            .map(|key| key.id)
            .ok_or(ProtectError::NoDefaultKey)
    }

    /// [`protect`](Self::protect), as base64url text without padding: the form of cookies and bearer tokens.
    ///
    /// # Errors
    /// As [`protect`](Self::protect).
    pub async fn protect_text(&self, plaintext: &[u8]) -> Result<String, ProtectError> {
        Ok(base64_text::encode_url(&self.protect(plaintext).await?))
    }

    /// The reverse of [`protect_text`](Self::protect_text).
    ///
    /// # Errors
    /// As [`unprotect`](Self::unprotect); text that is not base64url is `Invalid`.
    pub async fn unprotect_text(&self, text: &str) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
        self.unprotect(&base64_text::decode_url(text).ok_or(UnprotectError::Invalid)?)
            .await
    }

    /// A keyed hash of `data`, which tells nothing about it to whoever does not have the ring's keys (SP 800-108 with
    /// HMAC-SHA512). It stays the same until another key protects, that is, for months: for what is counted, not for what is
    /// kept.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn keyed_hash(&self, data: &[u8]) -> Result<[u8; 16], ProtectError> {
        let ring = self.shared.ring.current().await?;
        let default = ring.default.as_ref().ok_or(ProtectError::NoDefaultKey)?;
        let encryptor = self.encryptor(default).ok_or(ProtectError::NoDefaultKey)?;
        Ok(encryptor.keyed_hash(data))
    }

    /// The edition of the ring, after reading it again if it is outdated. Cached results of opened payloads are valid
    /// only as long as this stays the same.
    ///
    /// # Errors
    /// If the ring cannot be read.
    pub async fn ring_edition(&self) -> Result<RingEdition, KeyRepositoryError> {
        Ok(self.shared.ring.current().await?.edition())
    }

    /// The protector for this chain of purposes with one more.
    pub fn with_purpose(&self, purpose: &str) -> Self {
        Self::new(Arc::clone(&self.shared.ring), self.shared.purposes.with(purpose))
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.shared.ring
    }

    /// The encryptor for `key`; `None` if its secret cannot be used.
    fn encryptor(&self, key: &Arc<Key>) -> Option<Arc<Encryptor>> {
        let prepared = self.shared.prepared.load();
        if let Some(prepared) = prepared.iter().find(|prepared| Arc::ptr_eq(&prepared.key, key)) {
            return Some(Arc::clone(&prepared.encryptor));
        }
        let encryptor = Arc::new(Encryptor::new(key, &self.shared.purposes)?);
        self.shared.prepared.rcu(|prepared| {
            // Replaces the same key from an earlier reading of the ring.
            let others = prepared.iter().filter(|prepared| prepared.key.id != key.id).cloned();
            let new = Prepared {
                key: Arc::clone(key),
                encryptor: Arc::clone(&encryptor),
            };
            others.chain([new]).collect::<Vec<_>>()
        });
        Some(encryptor)
    }
}

impl fmt::Debug for Protector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protector")
            .field("purposes", &self.shared.purposes)
            .finish_non_exhaustive()
    }
}
