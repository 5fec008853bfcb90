//! How a ring creates and encrypts its keys.

use time::Duration;

use crate::key::{Algorithm, KeyEncryption};

/// How a ring creates and encrypts its keys.
#[derive(Debug, Clone)]
pub struct KeyRingOptions {
    /// Lifetime of new keys; .NET's default is 90 days.
    pub new_key_lifetime: Duration,
    /// Whether keys are created when the default key is missing or expires soon.
    pub auto_generate_keys: bool,
    /// The algorithm of new keys; existing keys keep their own.
    pub algorithm: Algorithm,
    /// How keys are encrypted at rest: new keys with the first of these, and all of them can decrypt keys. Empty, the
    /// default, stores new keys in clear. Keys in clear can always be used.
    pub encryption: Vec<KeyEncryption>,
}

impl Default for KeyRingOptions {
    fn default() -> Self {
        Self {
            new_key_lifetime: Duration::days(90),
            auto_generate_keys: true,
            algorithm: Algorithm::default(),
            encryption: Vec::new(),
        }
    }
}
