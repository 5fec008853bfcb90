//! What a key is derived from.

use std::num::NonZeroU32;

/// The inputs of one derivation, and the length of its key.
#[derive(Clone, Copy)]
pub struct Derivation<'a> {
    /// The password's bytes.
    pub password: &'a [u8],
    /// The salt.
    pub salt: &'a [u8],
    /// The number of rounds.
    pub iterations: NonZeroU32,
    /// The length of the key, in bytes.
    pub length: usize,
}
