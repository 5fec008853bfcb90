//! The pseudorandom functions that PBKDF2 is used with.

/// The hash function under HMAC, with the numbers of .NET's `KeyDerivationPrf`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prf {
    /// HMAC-SHA1, for old hashes only.
    HmacSha1 = 0,
    /// HMAC-SHA256.
    HmacSha256 = 1,
    /// HMAC-SHA512, the default.
    HmacSha512 = 2,
}
