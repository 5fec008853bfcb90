//! The keys that sign events, and what they sign.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use wicketgate_protection::{KeyRepositoryError, ProtectError, UnprotectError, key_of};
use zeroize::Zeroizing;

use super::EventProtection;

/// How many bytes a key has.
pub(super) const LENGTH: usize = 32;

/// A key that signs events. Whoever does not have it can neither change nor forge an event unnoticed.
#[derive(Clone)]
pub struct EventKey {
    number: i64,
    /// With the key in place, so that no event waits for that.
    hmac: Hmac<Sha256>,
}

/// A key in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEventKey {
    /// The first is 1.
    pub number: i64,
    /// The id of the key of the ring that protects it.
    pub ring_key: String,
    /// The key, protected, in base64url.
    pub protected: String,
}

impl EventKey {
    fn new(number: i64, secret: &[u8]) -> Option<Self> {
        let hmac = Hmac::new_from_slice(secret).ok()?;
        (secret.len() == LENGTH).then_some(Self { number, hmac })
    }

    /// Its number.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// A signature over values of this kind. What was signed as one thing is never taken for another.
    pub(super) fn sign(&self, kind: &str) -> Signature {
        Signature(self.hmac.clone()).text(kind)
    }
}

/// A signature to which values are added one by one. Each is written with its length, so that no two lists of values are
/// the same bytes.
pub(super) struct Signature(Hmac<Sha256>);

impl Signature {
    pub(super) fn text(mut self, text: &str) -> Self {
        self.add(text);
        self
    }

    pub(super) fn integer(mut self, value: i64) -> Self {
        self.0.update(&value.to_be_bytes());
        self
    }

    pub(super) fn optional(mut self, text: Option<&str>) -> Self {
        match text {
            Some(text) => {
                self.0.update(&[1]);
                self.text(text)
            }
            None => {
                self.0.update(&[0]);
                self
            }
        }
    }

    pub(super) fn add(&mut self, text: &str) {
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.0.update(&length.to_be_bytes());
        self.0.update(text.as_bytes());
    }

    pub(super) fn bytes(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }

    /// In base64url.
    pub(super) fn finish(self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes())
    }

    /// Whether this is it.
    pub(super) fn is(self, text: &str) -> bool {
        self.finish().as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// Keys that a store keeps.
impl EventProtection {
    /// A new key.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn new_key(&self, number: i64) -> Result<StoredEventKey, ProtectError> {
        let mut secret = Zeroizing::new([0; LENGTH]);
        self.random().fill(&mut *secret);
        self.protect_key(number, &*secret).await
    }

    /// Opens a key; `None` if the ring's key that protects it is lost.
    ///
    /// # Errors
    /// If the ring cannot be read.
    pub async fn open_key(&self, stored: &StoredEventKey) -> Result<Option<EventKey>, KeyRepositoryError> {
        let secret = self.open_secret(stored).await?;
        Ok(secret.and_then(|secret| EventKey::new(stored.number, &secret)))
    }

    /// The same key, protected with the ring's current key. `None` if it is already, or cannot be opened.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key or cannot be read.
    pub async fn protect_key_anew(&self, stored: &StoredEventKey) -> Result<Option<StoredEventKey>, ProtectError> {
        if self.protector().protecting_key().await?.to_string() == stored.ring_key {
            return Ok(None);
        }
        match self.open_secret(stored).await? {
            Some(secret) => Ok(Some(self.protect_key(stored.number, &secret).await?)),
            None => Ok(None),
        }
    }

    async fn protect_key(&self, number: i64, secret: &[u8]) -> Result<StoredEventKey, ProtectError> {
        let protected = self.protector_of(number).protect(secret).await?;
        let ring_key = key_of(&protected).map(|id| id.to_string());
        Ok(StoredEventKey {
            number,
            ring_key: ring_key.unwrap_or_default(),
            protected: BASE64URL_NOPAD.encode(&protected),
        })
    }

    async fn open_secret(&self, stored: &StoredEventKey) -> Result<Option<Zeroizing<Vec<u8>>>, KeyRepositoryError> {
        let Ok(protected) = BASE64URL_NOPAD.decode(stored.protected.as_bytes()) else {
            return Ok(None);
        };
        match self.protector_of(stored.number).unprotect_at_rest(&protected).await {
            Ok(secret) => Ok(Some(secret)),
            Err(UnprotectError::Repository(error)) => Err(error),
            Err(UnprotectError::Invalid | UnprotectError::Expired) => Ok(None),
        }
    }
}

/// Only the number.
impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventKey({})", self.number)
    }
}
