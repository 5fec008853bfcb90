//! A key, and its form as XML, in clear or encrypted for a certificate or with a passphrase.

pub(crate) mod algorithm;
pub(crate) mod certificate;
pub(crate) mod encrypted_xml;
pub(crate) mod encryption;
pub(crate) mod passphrase;
pub(crate) mod passphrase_xml;
pub(crate) mod xml;

use std::fmt;

use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use self::{
    algorithm::{AesKeySize, Algorithm, ValidationAlgorithm},
    certificate::{KeyCertificate, KeyCertificateError},
    encryption::KeyEncryption,
    passphrase::{EmptyPassphrase, KeyPassphrase},
};
use crate::Random;

/// A key of the ring, its life, and its secret if that can be used (.NET's `IKey`).
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: Uuid,
    pub(crate) life: KeyLife,
    pub(crate) is_revoked: bool,
    pub(crate) at_rest: KeyAtRest,
    pub(crate) secret: Result<KeySecret, KeyProblem>,
}

impl Key {
    /// Whether its time to protect is over; it may go on to unprotect.
    pub(crate) fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.life.expiration_date <= now
    }

    /// Whether its secret could be read.
    pub(crate) fn is_usable(&self) -> bool {
        self.secret.is_ok()
    }
}

/// How a key's secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAtRest {
    /// As it is.
    InClear,
    /// Encrypted for a certificate, as .NET does it too.
    ForCertificate,
    /// Encrypted with a passphrase, which .NET cannot read.
    WithPassphrase,
    /// Encrypted by other means, which are not supported here.
    Otherwise,
}

/// When a key is made, starts to protect and ends to protect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyLife {
    pub(crate) creation_date: OffsetDateTime,
    pub(crate) activation_date: OffsetDateTime,
    pub(crate) expiration_date: OffsetDateTime,
}

/// The algorithm and the master key that all subkeys are derived from.
#[derive(Clone)]
pub(crate) struct KeySecret {
    pub(crate) algorithm: Algorithm,
    pub(crate) master_key: Zeroizing<Vec<u8>>,
}

impl KeySecret {
    /// A new master key, as long as .NET's.
    pub(crate) fn generate(algorithm: Algorithm, random: &dyn Random) -> Self {
        let mut master_key = Zeroizing::new(vec![0; MASTER_KEY_LENGTH]);
        random.fill(&mut master_key);
        Self { algorithm, master_key }
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySecret")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Why a key of the ring can neither protect nor unprotect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// The secret is encrypted by other means than a certificate or a passphrase, Windows' DPAPI for example.
    #[error("its secret is encrypted at rest, for {decryptor}, which is not supported")]
    EncryptedAtRest {
        /// The .NET type that would decrypt it.
        decryptor: String,
    },
    /// The secret is encrypted for a certificate that the ring was not given.
    #[error("its secret is encrypted for a certificate that is not configured, SHA-256 fingerprint {fingerprint}")]
    NoCertificate {
        /// Which one, as `openssl x509 -fingerprint -sha256` shows it.
        fingerprint: String,
    },
    /// The secret is encrypted with a passphrase, and the ring was given none.
    #[error("its secret is encrypted with a passphrase, and none is configured")]
    NoPassphrase,
    /// No passphrase that the ring was given opens the secret. Whether that or the file is wrong cannot be told.
    #[error(
        "its secret does not open with the passphrase that is configured: that is another one, or the key is damaged"
    )]
    WrongPassphrase,
    /// Another algorithm than those of [`Algorithm`].
    #[error("its algorithms are not supported: {algorithms}")]
    UnknownAlgorithm {
        /// What the key names.
        algorithms: String,
    },
    /// The description of the key is damaged.
    #[error("its {element} is missing or malformed")]
    Malformed {
        /// Where.
        element: &'static str,
    },
}

impl KeyProblem {
    /// Whether the right passphrase may be all that is missing.
    pub(crate) fn is_about_a_passphrase(&self) -> bool {
        matches!(self, Self::NoPassphrase | Self::WrongPassphrase)
    }
}

/// 512 bits.
const MASTER_KEY_LENGTH: usize = 64;
