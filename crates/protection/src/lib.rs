//! The data protection of ASP.NET Core, in Rust.
//!
//! What this crate protects, .NET's `Microsoft.AspNetCore.DataProtection` can unprotect, and the other way round, as
//! long as both share a key ring and an application name.

// What callers hold, from the whole to its parts.
mod data_protection;
mod protector;
mod time_limited_protector;

// The ring: which keys there are, and which of them protects.
mod default_key;
mod key_ring;
mod ring_contents;

// Where a ring is kept.
mod ephemeral_key_repository;
mod folder_key_repository;
mod key_repository;

// A key, and its form as XML, in clear or encrypted for a certificate or with a passphrase.
mod algorithm;
mod encrypted_xml;
mod key;
mod key_certificate;
mod key_encryption;
mod key_passphrase;
mod key_xml;
mod passphrase_xml;

// A payload's form and cryptography.
pub mod base64_text;
mod cbc;
mod encryptor;
mod gcm;
mod payload;
mod purposes;
mod subkeys;

// Time and chance.
mod clock;
mod random;
pub mod ticks;

pub use algorithm::{AesKeySize, Algorithm, ValidationAlgorithm};
pub use clock::{Clock, ManualClock, SystemClock};
pub use data_protection::DataProtection;
pub use ephemeral_key_repository::EphemeralKeyRepository;
pub use folder_key_repository::FolderKeyRepository;
pub use key::{KeyAtRest, KeyProblem};
pub use key_certificate::{KeyCertificate, KeyCertificateError};
pub use key_encryption::KeyEncryption;
pub use key_passphrase::{EmptyPassphrase, KeyPassphrase};
pub use key_repository::{KeyRepository, KeyRepositoryError, StoredElement};
pub use key_ring::{KeyInfo, KeyRing, KeyRingOptions, RingEdition};
pub use protector::{ProtectError, Protector, UnprotectError};
pub use random::{Random, SeededRandom, SystemRandom};
pub use time_limited_protector::TimeLimitedProtector;
