//! PBKDF2-HMAC-SHA512 in vector lanes: one derivation in each 64-bit lane.

mod chain;
mod compression;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx512vl;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod rustcrypto;

use std::fmt;
use std::slice;
use std::sync::LazyLock;

use zeroize::Zeroizing;

use self::chain::{Chain, OUTPUT_LENGTH};
use crate::Derivation;

/// Code for one kind of vector registers (or none), of those that this processor has.
#[derive(Clone, Copy)]
pub struct Backend {
    name: &'static str,
    lanes: usize,
    advance: fn(&mut [&mut Chain]),
}

impl Backend {
    /// All that this processor can run: the more lanes the earlier, and of as many lanes the fastest first.
    pub fn available() -> &'static [Backend] {
        static AVAILABLE: LazyLock<Vec<Backend>> = LazyLock::new(|| {
            let detected = [
                #[cfg(target_arch = "x86_64")]
                avx512::detect(),
                #[cfg(target_arch = "x86_64")]
                avx512vl::detect(),
                #[cfg(target_arch = "x86_64")]
                avx2::detect(),
                #[cfg(target_arch = "x86_64")]
                portable::bmi2::detect(),
                #[cfg(target_arch = "aarch64")]
                neon::detect(),
                Some(rustcrypto::BACKEND),
                Some(portable::BACKEND),
            ];
            detected.into_iter().flatten().collect()
        });
        &AVAILABLE
    }

    /// The one that is through first with so many derivations: the narrowest that takes them all, or the widest.
    pub(crate) fn fastest_for(derivations: usize) -> Backend {
        let sufficient = Self::available().iter().filter(|backend| backend.lanes >= derivations);
        *sufficient
            .min_by_key(|backend| backend.lanes)
            .unwrap_or_else(|| Self::widest())
    }

    /// The one that is through first with very many derivations.
    pub(crate) fn widest() -> &'static Backend {
        Self::available().first().unwrap_or(&portable::BACKEND)
    }

    const fn new(name: &'static str, lanes: usize, advance: fn(&mut [&mut Chain])) -> Self {
        Self { name, lanes, advance }
    }

    /// Of the instructions, as their maker spells it (`AVX-512`, `NEON`); `RustCrypto` or `portable` otherwise.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many derivations go at once.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// [`derive_many`](crate::derive_many) with this backend alone.
    pub fn derive_many(&self, derivations: &[Derivation<'_>]) -> Vec<Zeroizing<Vec<u8>>> {
        derive_many(derivations, |_| *self)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("name", &self.name)
            .field("lanes", &self.lanes)
            .finish()
    }
}

/// Derives one key, by the fastest way that this processor has.
pub(crate) fn derive(derivation: &Derivation<'_>) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; derivation.length]);
    derive_into(
        slice::from_mut(&mut key),
        slice::from_ref(derivation),
        Backend::fastest_for,
    );
    key
}

/// Derives with whichever backends `choose` names for what is left; results in order.
pub(crate) fn derive_many(
    derivations: &[Derivation<'_>],
    choose: impl Fn(usize) -> Backend,
) -> Vec<Zeroizing<Vec<u8>>> {
    let zeros = |derivation: &Derivation<'_>| Zeroizing::new(vec![0; derivation.length]);
    let mut keys: Vec<_> = derivations.iter().map(zeros).collect();
    derive_into(&mut keys, derivations, choose);
    keys
}

/// Each key is the outputs of as many chains as it has blocks. Chains of like length go together, so that few lanes
/// idle.
fn derive_into(keys: &mut [Zeroizing<Vec<u8>>], derivations: &[Derivation<'_>], choose: impl Fn(usize) -> Backend) {
    let blocks = |derivation: &Derivation<'_>| derivation.length.div_ceil(OUTPUT_LENGTH);
    // room for all from the start, because growing would leave copies of secrets behind
    let mut chains = Vec::with_capacity(derivations.iter().map(blocks).sum());
    for derivation in derivations {
        chains.extend(
            (1..)
                .take(blocks(derivation))
                .map(|block| Chain::begin(derivation, block)),
        );
    }

    let mut by_length: Vec<_> = chains.iter_mut().collect();
    by_length.sort_by_key(|chain| chain.remaining);
    let mut rest = by_length.as_mut_slice();
    while !rest.is_empty() {
        let backend = choose(rest.len());
        let (together, later) = rest.split_at_mut(backend.lanes.min(rest.len()));
        (backend.advance)(together);
        rest = later;
    }

    let outputs = keys.iter_mut().flat_map(|key| key.chunks_mut(OUTPUT_LENGTH));
    for (output, chain) in outputs.zip(&chains) {
        output.copy_from_slice(&chain.output()[..output.len()]);
    }
}
