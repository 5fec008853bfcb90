//! What PBKDF2 needs to know of a hash function.

use crate::backend::Backend;
use crate::chain::Chain;
use crate::derivation::Derivation;

/// A hash function, as PBKDF2 needs it.
pub(crate) struct HashFunction {
    /// How long a hash is, in bytes, and so a block of a key.
    pub(crate) hash_length: usize,
    /// The chain of the key's block with this number, counted from 1.
    pub(crate) begin: fn(&Derivation<'_>, u32) -> Chain,
    /// See [`Backend::available`]; the last takes as little as one chain.
    pub(crate) backends: Vec<Backend>,
}

impl HashFunction {
    /// How many blocks, and so how many chains, a key of `length` bytes has.
    pub(crate) fn blocks(&self, length: usize) -> usize {
        length.div_ceil(self.hash_length)
    }
}
