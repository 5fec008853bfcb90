//! What a key is derived from.

use std::num::NonZeroU32;

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
