//! What every store must do, as tests to run on your own.
//!
//! ```
//! #[cfg(test)]
//! mod tests {
//!     use wicketgate_identity::MemoryStore;
//!
//!     wicketgate_store_tests::test_store!(async { MemoryStore::new() });
//! }
//! ```
//!
//! [`test_store!`] makes a test of each check in [`checks`]. The crate that calls it needs `tokio` with its macros and
//! its multi-threaded runtime.

mod accounts;
mod addresses;
mod changes;
mod claims;
mod deletions;
mod events;
pub mod fixture;
mod limits;
mod lockout;
mod look_alikes;
mod mails;
mod passkey_removal;
mod passkey_use;
mod passkeys;
mod passwords;
mod second_factor;
mod secrets;
mod sessions;
mod test_store;
mod writes;

use std::sync::Arc;

use wicketgate_identity::{IntoStores, Stores};

#[doc(hidden)]
pub use wicketgate_identity::StoreError;

/// The checks. Each takes a new, empty store, and panics if the store does not behave as the check's name says.
pub mod checks {
    pub use crate::accounts::*;
    pub use crate::addresses::*;
    pub use crate::claims::*;
    pub use crate::deletions::*;
    pub use crate::events::*;
    pub use crate::limits::*;
    pub use crate::lockout::*;
    pub use crate::look_alikes::*;
    pub use crate::mails::*;
    pub use crate::passkey_removal::*;
    pub use crate::passkey_use::*;
    pub use crate::passkeys::*;
    pub use crate::passwords::*;
    pub use crate::second_factor::*;
    pub use crate::secrets::*;
    pub use crate::sessions::*;
    pub use crate::writes::*;
}

/// The stores under test, shared by tasks.
pub type Store = Arc<dyn Stores>;

/// The store that a test is run on, if there is one.
#[doc(hidden)]
pub fn shared(store: Option<impl IntoStores>) -> Option<Store> {
    store.map(IntoStores::into_stores)
}
