//! Randomness.

use std::{
    fmt::{self, Debug},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

/// A source of randomness, so that tests can control it.
pub trait Random: Debug + Send + Sync + 'static {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's random generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system for randomness"
    )]
    #[expect(
        clippy::expect_used,
        reason = "a system without randomness cannot issue a credential: stop at once"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives random bytes");
    }
}

/// The same bytes for the same seed, every time. Only for tests: the seed determines every key.
///
/// ```
/// use wicketgate_protection::{Random, SeededRandom};
///
/// let (mut first, mut second) = ([0; 4], [0; 4]);
/// let random = SeededRandom::new(7);
/// random.fill(&mut first);
/// random.fill(&mut second);
/// assert_ne!(first, second);
///
/// SeededRandom::new(7).fill(&mut second);
/// assert_eq!(first, second);
/// ```
pub struct SeededRandom {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededRandom {
    /// A generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: Mutex::new(0),
        }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(Sha256::output_size()) {
            let block = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(drawn.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            *drawn += 1;
        }
    }
}

impl Debug for SeededRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeededRandom")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
