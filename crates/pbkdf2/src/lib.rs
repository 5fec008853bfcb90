//! Many PBKDF2 derivations at once, in vector lanes.
//!
//! PBKDF2 is a chain: each round needs the one before, so that one password cannot be hashed faster than a processor
//! takes for its rounds. Several passwords can be hashed side by side, though, one in each lane of a vector register.
//! One [`Backend`] for each hash function and each kind of vectors does that. How many derivations wait decides at run
//! time between them: a lone one is done in ordinary registers or with the processor's own SHA instructions.
//!
//! Keys of one block and 1,000 rounds that one core makes in a second, and how many go at once (an AMD EPYC of the Zen 4
//! kind at 3.66 GHz, the shortest of 600 runs; `cargo bench -p wicketgate-pbkdf2` measures yours):
//!
//! | backend | SHA-512 | | SHA-256 | | SHA-1 | |
//! |---|---:|---|---:|---|---:|---|
//! | `AVX-512` | 12,048 | 8 | 30,892 | 16 | 60,690 | 16 |
//! | `AVX-512VL` | 10,524 | 4 | 25,619 | 8 | 50,082 | 8 |
//! | `AVX2` | 6,255 | 4 | 15,703 | 8 | 34,963 | 8 |
//! | `RustCrypto` (SHA-1 and SHA-256 with SHA instructions) | 2,294 | 1 | 11,214 | 1 | 11,652 | 1 |
//! | `BMI2` | 2,423 | 1 | 3,035 | 1 | 6,171 | 1 |
//! | `portable` | 2,314 | 1 | 2,961 | 1 | 6,687 | 1 |
//!
//! NEON's two lanes for SHA-512 have never been compiled or run by those who wrote them, for want of such a machine.
//!
//! Passwords, states and keys are wiped from memory after use. What the compiler keeps in registers or moves to the
//! stack for want of them cannot be reached and is left to be overwritten.

mod backend;
mod chain;
mod hash_function;
mod hmac;
mod rustcrypto;
mod sha1;
mod sha2;
mod sha256;
mod sha512;
mod vectors;

use std::num::NonZeroU32;

use zeroize::Zeroizing;

pub use crate::backend::Backend;

/// Which hash function HMAC uses; the numbers of .NET's `KeyDerivationPrf`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prf {
    /// HMAC-SHA1, for old hashes only.
    HmacSha1 = 0,
    /// HMAC-SHA256.
    HmacSha256 = 1,
    /// HMAC-SHA512, the default.
    HmacSha512 = 2,
}

/// One derivation: what goes in and how much comes out.
#[derive(Clone, Copy)]
pub struct Derivation<'a> {
    /// The password's bytes.
    pub password: &'a [u8],
    /// The salt.
    pub salt: &'a [u8],
    /// How many rounds.
    pub iterations: NonZeroU32,
    /// How many bytes are wanted.
    pub length: usize,
}

/// Derives one key on this thread, as fast as that goes alone (PBKDF2 of RFC 8018).
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

/// Derives many keys on this thread, as many at once as the processor has lanes; results in order.
pub fn derive_many(prf: Prf, derivations: &[Derivation<'_>]) -> Vec<Zeroizing<Vec<u8>>> {
    hash_function::derive_many(prf, derivations, |chains| Backend::fastest_for(prf, chains))
}

/// How many keys of `length` bytes go at once on this processor: what [`derive_many`] is best called with.
///
/// A key that is longer than a hash of the function takes several lanes.
pub fn lanes(prf: Prf, length: usize) -> usize {
    let lanes = Backend::available(prf).first().map_or(1, Backend::lanes);
    (lanes / prf.function().blocks(length).max(1)).max(1)
}
