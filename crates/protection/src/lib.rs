//! The data protection of ASP.NET Core, in Rust.
//!
//! ```
//! use std::sync::Arc;
//!
//! use wicketgate_protection::{DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, SystemClock, SystemRandom};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let keys = folder.path();
//! let repository = Arc::new(FolderKeyRepository::new(keys)); // where .NET's PersistKeysToFileSystem leads
//! let ring = KeyRing::new(repository, KeyRingOptions::default(), Arc::new(SystemClock), Arc::new(SystemRandom));
//! let protection = DataProtection::new(Arc::new(ring), Some("shop"));
//!
//! let links = protection.protector(&["InvoiceLinks"]);
//! let link = links.protect_text(b"invoice 4711").await?;
//! assert_eq!(&**links.unprotect_text(&link).await?, b"invoice 4711");
//! # Ok(())
//! # }
//! ```
//!
//! What this crate protects, .NET's `Microsoft.AspNetCore.DataProtection` can unprotect, and the other way round, as
//! long as both share a key ring and an application name.

mod clock;
mod data_protection;
pub mod key;
mod payload;
mod protector;
mod random;
pub mod repository;
pub mod ring;
pub mod ticks;
mod time_limited_protector;

pub use clock::{Clock, ManualClock, SystemClock};
pub use data_protection::DataProtection;
pub use key::{KeyCertificate, KeyEncryption, KeyPassphrase};
pub use payload::base64_text;
pub use protector::{ProtectError, Protector, UnprotectError, key_of};
pub use random::{Random, SeededRandom, SystemRandom};
pub use repository::{EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRepositoryError, StoredElement};
pub use ring::{KeyCounts, KeyInfo, KeyRing, KeyRingOptions};
pub use time_limited_protector::TimeLimitedProtector;
