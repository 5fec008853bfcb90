//! The hash functions.

use zeroize::Zeroizing;

use crate::chain::Chain;
use crate::{Backend, Derivation, Prf};

/// What PBKDF2 needs to know of a hash function.
pub(crate) struct HashFunction {
    /// How long a hash is, in bytes, and so a block of a key.
    pub(crate) hash_length: usize,
    /// The chain of the key's block with this number, counted from 1.
    pub(crate) begin: fn(&Derivation<'_>, u32) -> Chain,
    /// See [`Backend::available`]; the last takes as little as one chain.
    pub(crate) backends: Vec<Backend>,
}

impl Prf {
    pub(crate) fn function(self) -> &'static HashFunction {
        match self {
            Self::HmacSha1 => &crate::sha1::FUNCTION,
            Self::HmacSha256 => &crate::sha256::FUNCTION,
            Self::HmacSha512 => &crate::sha512::FUNCTION,
        }
    }
}

impl HashFunction {
    /// How many blocks, and so how many chains, a key of `length` bytes has.
    pub(crate) fn blocks(&self, length: usize) -> usize {
        length.div_ceil(self.hash_length)
    }
}

/// Derives with whichever backends `choose` names for as many chains as are left; results in order.
///
/// Each key is the outputs of as many chains as it has blocks. Chains of like length go together, so that few lanes
/// idle.
pub(crate) fn derive_many(
    prf: Prf,
    derivations: &[Derivation<'_>],
    choose: impl Fn(usize) -> Option<Backend>,
) -> Vec<Zeroizing<Vec<u8>>> {
    let function = prf.function();
    let blocks = |derivation: &Derivation<'_>| function.blocks(derivation.length);
    // room for all from the start, because growing would leave copies of secrets behind
    let mut chains = Vec::with_capacity(derivations.iter().map(blocks).sum());
    for derivation in derivations {
        chains.extend(
            (1..)
                .take(blocks(derivation))
                .map(|block| (function.begin)(derivation, block)),
        );
    }

    let mut by_length: Vec<_> = chains.iter_mut().collect();
    by_length.sort_by_key(|chain| chain.remaining);
    let mut rest = by_length.as_mut_slice();
    while let Some(backend) = choose(rest.len()).filter(|_| !rest.is_empty()) {
        let (together, later) = rest.split_at_mut(backend.lanes().min(rest.len()));
        backend.advance(together);
        rest = later;
    }

    let mut chains = chains.iter();
    let key = |derivation: &Derivation<'_>| {
        let mut key = Zeroizing::new(vec![0; derivation.length]);
        for (output, chain) in key.chunks_mut(function.hash_length).zip(&mut chains) {
            output.copy_from_slice(&chain.sum[..output.len()]);
        }
        key
    };
    derivations.iter().map(key).collect()
}
