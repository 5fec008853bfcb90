//! Code for one hash function and one kind of vectors.

use std::fmt;

use crate::chain::Chain;
use crate::prf::Prf;

/// Code for one hash function and one kind of vector registers (or none), of those that this processor has.
#[derive(Clone, Copy)]
pub struct Backend {
    name: &'static str,
    prf: Prf,
    lanes: usize,
    pays_from: usize,
    advance: fn(&mut [&mut Chain]),
}

impl Backend {
    /// `advance` completes up to `lanes` chains. `pays_from` is the number of chains from which it is faster than
    /// backends with fewer lanes.
    pub(crate) const fn new(
        name: &'static str,
        prf: Prf,
        lanes: usize,
        pays_from: usize,
        advance: fn(&mut [&mut Chain]),
    ) -> Self {
        Self {
            name,
            prf,
            lanes,
            pays_from,
            advance,
        }
    }

    /// The function that it is for.
    pub(crate) fn prf(&self) -> Prf {
        self.prf
    }

    /// The name of its instructions (`AVX-512`, `NEON`), or `RustCrypto` or `portable`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The number of blocks of keys that are derived at once. A block is as long as a hash: 20 bytes for SHA-1, 32 for
    /// SHA-256 and 64 for SHA-512.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// The number of chains from which this backend is faster than those with fewer lanes.
    pub(crate) fn pays_from(&self) -> usize {
        self.pays_from
    }

    pub(crate) fn advance(&self, chains: &mut [&mut Chain]) {
        (self.advance)(chains);
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("name", &self.name)
            .field("prf", &self.prf)
            .field("lanes", &self.lanes)
            .finish()
    }
}
