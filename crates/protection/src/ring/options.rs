//! How a ring makes its keys.

use time::Duration;

use crate::key::{Algorithm, KeyEncryption};

/// How a ring makes its keys.
#[derive(Debug, Clone)]
pub struct KeyRingOptions {
    /// How long a new key lives; .NET's default is 90 days.
    pub new_key_lifetime: Duration,
    /// Whether keys are made when the default key is missing or ends soon.
    pub auto_generate_keys: bool,
    /// How new keys encrypt; keys that exist keep their own algorithm.
    pub algorithm: Algorithm,
    /// Who may read the keys at rest: new keys are encrypted in the first of these ways, and all of them open keys.
    /// Empty, as by default, means that new keys are kept in clear. Keys in clear always open.
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
