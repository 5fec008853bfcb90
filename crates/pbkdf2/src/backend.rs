//! Choosing the code for this processor.

use std::fmt;

use zeroize::Zeroizing;

use crate::chain::Chain;
use crate::hash_function::derive_many;
use crate::{Derivation, Prf};

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
    /// All for a function that this processor can run: the more lanes the earlier, and of as many lanes the fastest
    /// first.
    pub fn available(prf: Prf) -> &'static [Backend] {
        &prf.function().backends
    }

    /// `advance` brings up to `lanes` chains to their ends; `pays_from` is how many there must be for that to be sooner
    /// done than by backends with fewer lanes.
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

    /// The one that is best begun with, if so many chains wait.
    pub(crate) fn fastest_for(prf: Prf, chains: usize) -> Option<Backend> {
        let mut backends = Self::available(prf).iter();
        backends.find(|backend| backend.pays_from <= chains).copied()
    }

    /// Of the instructions, as their maker spells it (`AVX-512`, `NEON`); `RustCrypto` or `portable` otherwise.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many blocks of keys go at once. A block has as many bytes as the function's hash: 20 for SHA-1, 32 for
    /// SHA-256 and 64 for SHA-512.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// [`derive_many`](crate::derive_many) with this backend alone.
    pub fn derive_many(&self, derivations: &[Derivation<'_>]) -> Vec<Zeroizing<Vec<u8>>> {
        derive_many(self.prf, derivations, |_| Some(*self))
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
