//! How the keys that sign events are protected.

use std::sync::Arc;

use wicketgate_protection::{Clock, DataProtection, Protector, Random};

/// What a store needs to keep events: how the keys are protected that sign them, the time, and chance.
#[derive(Debug, Clone)]
pub struct EventProtection {
    protector: Protector,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl EventProtection {
    /// Keys that are protected with this key ring.
    pub fn new(data_protection: &DataProtection, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            protector: data_protection.protector(&["Wicketgate", "EventKeys"]),
            clock,
            random,
        }
    }

    /// Protects and opens the key with this number, and no other.
    pub(super) fn protector_of(&self, number: i64) -> Protector {
        self.protector.with_purpose(&number.to_string())
    }

    pub(super) fn protector(&self) -> &Protector {
        &self.protector
    }

    /// The time.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Chance.
    pub fn random(&self) -> &dyn Random {
        &*self.random
    }
}
