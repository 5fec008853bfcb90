use std::{fmt, sync::Arc};

use time::Duration;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::{Clock, KeyRepositoryError, KeyRing, Random};

/// Why nothing could be protected.
#[derive(Debug, thiserror::Error)]
pub enum ProtectError {
    /// The ring could not be read or a key not be written.
    #[error(transparent)]
    Repository(#[from] KeyRepositoryError),
    /// No usable key, and making one is switched off.
    #[error("the key ring has no key that may protect, and making keys is switched off")]
    NoDefaultKey,
}

/// Why a payload was refused. Every kind of damage gives the same `Invalid`, so that nothing can be probed.
#[derive(Debug, thiserror::Error)]
pub enum UnprotectError {
    /// Damaged, made for other purposes, by an unknown or revoked key.
    #[error("the protected payload is not valid")]
    Invalid,
    /// A time-limited payload whose time is over.
    #[error("the protected payload has expired")]
    Expired,
    /// The ring could not be read.
    #[error(transparent)]
    Repository(#[from] KeyRepositoryError),
}

/// The root of all protectors: a ring and the application's name (.NET's `IDataProtectionProvider`).
#[derive(Clone)]
pub struct DataProtection {
    ring: Arc<KeyRing>,
    application_name: Option<Arc<str>>,
}

impl DataProtection {
    /// Protectors over `ring`; `application_name` (.NET's discriminator) keeps applications that share a ring apart.
    pub fn new(ring: Arc<KeyRing>, application_name: Option<&str>) -> Self {
        Self {
            ring,
            application_name: application_name.map(Arc::from),
        }
    }

    /// Keys and application of this process alone, for tests and trials.
    pub fn ephemeral(_clock: Arc<dyn Clock>, _random: Arc<dyn Random>) -> Self {
        todo!()
    }

    /// The protector for a chain of purposes; only the same chain can unprotect.
    pub fn protector(&self, _purposes: &[&str]) -> Protector {
        todo!("{:?}", self.ring)
    }
}

impl fmt::Debug for DataProtection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataProtection")
            .field("application_name", &self.application_name)
            .finish_non_exhaustive()
    }
}

/// Protects and unprotects for one chain of purposes (.NET's `IDataProtector`). Cheap to clone.
#[derive(Debug, Clone)]
pub struct Protector {}

impl Protector {
    /// Encrypts and authenticates `plaintext`. Asynchronous since the first use and a key's end read the ring.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn protect(&self, _plaintext: &[u8]) -> Result<Vec<u8>, ProtectError> {
        todo!()
    }

    /// What was protected, wiped from memory when dropped.
    ///
    /// # Errors
    /// [`UnprotectError::Invalid`] for every payload that is not exactly what `protect` gave for these purposes.
    pub async fn unprotect(&self, _payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
        todo!()
    }

    /// [`protect`](Self::protect), as base64url text without padding: the form of cookies and bearer tokens.
    ///
    /// # Errors
    /// As [`protect`](Self::protect).
    pub async fn protect_text(&self, _plaintext: &[u8]) -> Result<String, ProtectError> {
        todo!()
    }

    /// The reverse of [`protect_text`](Self::protect_text).
    ///
    /// # Errors
    /// As [`unprotect`](Self::unprotect); text that is no base64url is `Invalid`.
    pub async fn unprotect_text(&self, _text: &str) -> Result<Zeroizing<Vec<u8>>, UnprotectError> {
        todo!()
    }

    /// A protector whose payloads end (.NET's `ITimeLimitedDataProtector`).
    pub fn time_limited(&self) -> TimeLimitedProtector {
        todo!()
    }
}

/// See [`Protector::time_limited`].
#[derive(Debug, Clone)]
pub struct TimeLimitedProtector {}

impl TimeLimitedProtector {
    /// Protects `plaintext` for `lifetime` from now.
    ///
    /// # Errors
    /// As [`Protector::protect`].
    pub async fn protect(&self, _plaintext: &[u8], _lifetime: Duration) -> Result<Vec<u8>, ProtectError> {
        todo!()
    }

    /// The plain text and when it ends.
    ///
    /// # Errors
    /// As [`Protector::unprotect`], and [`UnprotectError::Expired`].
    pub async fn unprotect(&self, _payload: &[u8]) -> Result<(Zeroizing<Vec<u8>>, OffsetDateTime), UnprotectError> {
        todo!()
    }
}
