//! Keys and their XML, in clear or encrypted for a certificate or with a passphrase.

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

/// A key of the ring, with its dates, and its secret if that can be used (.NET's `IKey`).
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: Uuid,
    pub(crate) life: KeyLife,
    pub(crate) is_revoked: bool,
    pub(crate) at_rest: KeyAtRest,
    pub(crate) secret: Result<KeySecret, KeyProblem>,
}

impl Key {
    /// Whether it is too old to protect. It can still unprotect.
    pub(crate) fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.life.expiration_date <= now
    }

    /// Whether its secret could be read.
    pub(crate) fn is_usable(&self) -> bool {
        self.secret.is_ok()
    }
}

/// How a key's secret is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAtRest {
    /// In clear.
    InClear,
    /// Encrypted for a certificate, as in .NET.
    ForCertificate,
    /// Encrypted with a passphrase, which .NET cannot read.
    WithPassphrase,
    /// Encrypted in another way, which is not supported here.
    Otherwise,
}

/// When a key was created, and when it starts and stops protecting.
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
    /// The secret is encrypted in an unsupported way, such as Windows' DPAPI.
    #[error("its secret is encrypted at rest, for {decryptor}, which is not supported")]
    EncryptedAtRest {
        /// The .NET type that would decrypt it.
        decryptor: String,
    },
    /// The secret is encrypted for a certificate that the ring does not have.
    #[error(
        "its secret is encrypted for a certificate that is not configured, thumbprint {thumbprint}, SHA-256 fingerprint \
         {fingerprint}"
    )]
    NoCertificate {
        /// Its SHA-1, as Windows and .NET show it.
        thumbprint: String,
        /// Its fingerprint, as `openssl x509 -fingerprint -sha256` shows it.
        fingerprint: String,
    },
    /// The secret is encrypted with a passphrase, and the ring has none.
    #[error("its secret is encrypted with a passphrase, and none is configured")]
    NoPassphrase,
    /// None of the ring's passphrases decrypts the secret. Either the passphrase or the file is wrong.
    #[error(
        "its secret does not open with the passphrase that is configured: that is another one, or the key is damaged"
    )]
    WrongPassphrase,
    /// The key uses an unknown algorithm.
    #[error("its algorithms are not supported: {algorithms}")]
    UnknownAlgorithm {
        /// The algorithm's name.
        algorithms: String,
    },
    /// The key's XML is damaged.
    #[error("its {element} is missing or malformed")]
    Malformed {
        /// The damaged element.
        element: &'static str,
    },
}

impl KeyProblem {
    /// Whether the right passphrase could solve the problem.
    pub(crate) fn is_about_a_passphrase(&self) -> bool {
        matches!(self, Self::NoPassphrase | Self::WrongPassphrase)
    }
}

/// 512 bits.
const MASTER_KEY_LENGTH: usize = 64;
