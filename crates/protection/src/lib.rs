//! The data protection of ASP.NET Core, in Rust.
//!
//! What this crate protects, .NET's `Microsoft.AspNetCore.DataProtection` can unprotect, and the other way round, as
//! long as both share a key ring and an application name.

mod clock;
mod data_protection;
mod key_repository;
mod key_ring;
mod random;

pub use clock::{Clock, SystemClock};
pub use data_protection::{DataProtection, ProtectError, Protector, TimeLimitedProtector, UnprotectError};
pub use key_repository::{
    EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRepositoryError, StoredElement,
};
pub use key_ring::{KeyRing, KeyRingOptions};
pub use random::{Random, SystemRandom};
