//! A hash function, as PBKDF2 uses it.

use crate::backend::Backend;
use crate::chain::Chain;
use crate::derivation::Derivation;

/// A hash function, as PBKDF2 uses it.
pub(crate) struct HashFunction {
    /// Length of a hash, and of a block of a key, in bytes.
    pub(crate) hash_length: usize,
    /// Starts the chain for a block of the key; blocks are counted from 1.
    pub(crate) begin: fn(&Derivation<'_>, u32) -> Chain,
    /// See [`Backend::available`]; the last one is good for a single chain.
    pub(crate) backends: Vec<Backend>,
}

impl HashFunction {
    /// The number of blocks, and so of chains, of a key of `length` bytes.
    pub(crate) fn blocks(&self, length: usize) -> usize {
        length.div_ceil(self.hash_length)
    }
}
