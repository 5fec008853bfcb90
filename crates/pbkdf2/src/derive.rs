//! Derives keys, and chooses the backends for it.

use zeroize::Zeroizing;

use crate::backend::Backend;
use crate::derivation::Derivation;
use crate::hash_function::HashFunction;
use crate::prf::Prf;

/// Derives one key on this thread, as fast as a single one can be derived (PBKDF2, RFC 8018).
///
/// ```
/// # use std::num::NonZeroU32;
/// use wicketgate_pbkdf2::{Derivation, Prf, derive};
///
/// // RFC 6070, the first vector
/// let key = derive(
///     Prf::HmacSha1,
///     &Derivation { password: b"password", salt: b"salt", iterations: NonZeroU32::MIN, length: 20 },
/// );
/// assert_eq!(key[..4], [0x0c, 0x60, 0xc8, 0x0f]);
/// ```
pub fn derive(prf: Prf, derivation: &Derivation<'_>) -> Zeroizing<Vec<u8>> {
    derive_many(prf, std::slice::from_ref(derivation))
        .pop()
        .unwrap_or_default()
}

/// Derives many keys on this thread, as many at once as the processor has lanes. Returns them in order.
pub fn derive_many(prf: Prf, derivations: &[Derivation<'_>]) -> Vec<Zeroizing<Vec<u8>>> {
    derive_many_with(prf, derivations, |chains| Backend::fastest_for(prf, chains))
}

/// How many keys of `length` bytes this processor derives at once: the best number for [`derive_many`].
///
/// A key that is longer than one hash takes several lanes.
pub fn lanes(prf: Prf, length: usize) -> usize {
    let lanes = Backend::available(prf).first().map_or(1, Backend::lanes);
    (lanes / prf.function().blocks(length).max(1)).max(1)
}

impl Backend {
    /// All backends for a function that this processor can run: those with more lanes first, and among equals the
    /// fastest first.
    pub fn available(prf: Prf) -> &'static [Backend] {
        &prf.function().backends
    }

    /// [`derive_many`](crate::derive_many) with this backend alone.
    pub fn derive_many(&self, derivations: &[Derivation<'_>]) -> Vec<Zeroizing<Vec<u8>>> {
        derive_many_with(self.prf(), derivations, |_| Some(*self))
    }

    /// The best backend to start with for this many chains.
    fn fastest_for(prf: Prf, chains: usize) -> Option<Backend> {
        let mut backends = Self::available(prf).iter();
        backends.find(|backend| backend.pays_from() <= chains).copied()
    }
}

impl Prf {
    fn function(self) -> &'static HashFunction {
        match self {
            Self::HmacSha1 => &crate::sha1::FUNCTION,
            Self::HmacSha256 => &crate::sha256::FUNCTION,
            Self::HmacSha512 => &crate::sha512::FUNCTION,
        }
    }
}

/// Derives with the backend that `choose` picks for the number of remaining chains. Returns keys in order.
///
/// Each block of a key is the output of one chain. Chains of similar length are grouped, so that few lanes are idle.
fn derive_many_with(
    prf: Prf,
    derivations: &[Derivation<'_>],
    choose: impl Fn(usize) -> Option<Backend>,
) -> Vec<Zeroizing<Vec<u8>>> {
    let function = prf.function();
    let blocks = |derivation: &Derivation<'_>| function.blocks(derivation.length);
    // Reserves all memory at once, because growing would leave copies of secrets behind.
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
