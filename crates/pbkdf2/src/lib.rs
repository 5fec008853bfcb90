//! Many PBKDF2 derivations at once, in vector lanes.

use zeroize::Zeroizing;

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
pub struct Derivation<'a> {
    /// The password's bytes.
    pub password: &'a [u8],
    /// The salt.
    pub salt: &'a [u8],
    /// At least 1.
    pub iterations: u32,
    /// How many bytes are wanted.
    pub length: usize,
}

/// Derives one key on this thread with the fastest scalar code.
pub fn derive(_prf: Prf, _derivation: &Derivation<'_>) -> Zeroizing<Vec<u8>> {
    todo!()
}

/// Derives many keys on this thread, as many at once as the processor has lanes; results in order.
pub fn derive_many(_prf: Prf, _derivations: &[Derivation<'_>]) -> Vec<Zeroizing<Vec<u8>>> {
    todo!()
}
