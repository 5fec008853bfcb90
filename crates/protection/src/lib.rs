//! The data protection of ASP.NET Core, in Rust.
//!
//! What this crate protects, .NET's `Microsoft.AspNetCore.DataProtection` can unprotect, and the other way round, as
//! long as both share a key ring and an application name.

mod clock;
mod data_protection;
mod key;
mod payload;
mod protector;
mod random;
mod repository;
mod ring;
pub mod ticks;
mod time_limited_protector;

pub use clock::{Clock, ManualClock, SystemClock};
pub use data_protection::DataProtection;
pub use key::{
    AesKeySize, Algorithm, EmptyPassphrase, KeyAtRest, KeyCertificate, KeyCertificateError, KeyEncryption,
    KeyPassphrase, KeyProblem, ValidationAlgorithm,
};
pub use payload::base64_text;
pub use protector::{ProtectError, Protector, UnprotectError};
pub use random::{Random, SeededRandom, SystemRandom};
pub use repository::{
    Away, EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRepositoryError, StoredElement,
};
pub use ring::{KeyInfo, KeyRing, KeyRingOptions, RingEdition};
pub use time_limited_protector::TimeLimitedProtector;
