use std::sync::Arc;

use time::Duration;

use crate::{Clock, KeyRepository, Random};

/// How a ring makes its keys.
#[derive(Debug, Clone)]
pub struct KeyRingOptions {
    /// How long a new key lives; .NET's default is 90 days.
    pub new_key_lifetime: Duration,
    /// Whether keys are made when the default key is missing or ends soon.
    pub auto_generate_keys: bool,
}

impl Default for KeyRingOptions {
    fn default() -> Self {
        Self {
            new_key_lifetime: Duration::days(90),
            auto_generate_keys: true,
        }
    }
}

/// The keys, which of them protects, and when the next one is made (.NET's `KeyRingProvider` and `XmlKeyManager`).
#[derive(Debug)]
pub struct KeyRing {}

impl KeyRing {
    /// A ring over `repository`. Nothing is read before the first use.
    pub fn new(
        _repository: Arc<dyn KeyRepository>,
        _options: KeyRingOptions,
        _clock: Arc<dyn Clock>,
        _random: Arc<dyn Random>,
    ) -> Self {
        todo!()
    }
}
