//! Chance that tests can predict.

use std::sync::atomic::{AtomicU8, Ordering};

use wicketgate_protection::Random;

/// Gives the bytes 0, 1, 2 and so on, round and round.
#[derive(Debug, Default)]
pub(crate) struct CountingRandom {
    next: AtomicU8,
}

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next.fetch_add(1, Ordering::Relaxed);
        }
    }
}
