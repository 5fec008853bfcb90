//! The chain of PBKDF2's rounds for one block of a key.

use std::ops::BitXorAssign;

use sha2::Digest;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::derivation::Derivation;
use crate::hmac;

/// Length of the longest state and hash, those of SHA-512, in bytes.
const MAXIMUM_LENGTH: usize = 64;

/// The chain of HMACs whose sum is one block of a key. States are stored as a hash function would write them, padded
/// with zeros.
#[derive(ZeroizeOnDrop)]
pub(crate) struct Chain {
    /// The hash function's state after the inner key block of HMAC.
    inner: [u8; MAXIMUM_LENGTH],
    /// Its state after the outer key block of HMAC.
    outer: [u8; MAXIMUM_LENGTH],
    /// The last HMAC.
    link: [u8; MAXIMUM_LENGTH],
    /// The XOR of all HMACs so far: the block of the key, once nothing remains.
    pub(crate) sum: [u8; MAXIMUM_LENGTH],
    /// The number of HMACs still to compute.
    pub(crate) remaining: u32,
}

/// A word of a hash function's state.
pub(crate) trait Word: Copy + Default + Zeroize + BitXorAssign {
    /// Reads the first word of the bytes, big-endian.
    fn read(bytes: &[u8]) -> Self;
    fn write(self, bytes: &mut [u8]);
}

impl Chain {
    /// The chain of the key's block number `block`, counted from 1, with its first HMAC. `BLOCK` is how many bytes
    /// `compress`, the compression function of `H`, takes in at a time.
    pub(crate) fn begin<H: Digest, W: Word, const WORDS: usize, const BLOCK: usize>(
        derivation: &Derivation<'_>,
        block: u32,
        initial_state: [W; WORDS],
        compress: impl Fn(&mut [W; WORDS], &[[u8; BLOCK]]),
    ) -> Self {
        let key_blocks = hmac::key_blocks::<H, BLOCK>(derivation.password);
        let first_link = hmac::first_link::<H, BLOCK>(&key_blocks, derivation.salt, block);
        let mut chain = Self {
            inner: [0; MAXIMUM_LENGTH],
            outer: [0; MAXIMUM_LENGTH],
            link: [0; MAXIMUM_LENGTH],
            sum: [0; MAXIMUM_LENGTH],
            remaining: derivation.iterations.get() - 1,
        };
        let keyed_states = [&mut chain.inner, &mut chain.outer];
        for (bytes, key_block) in keyed_states.into_iter().zip(&key_blocks) {
            let mut state = Zeroizing::new(initial_state);
            compress(&mut state, std::slice::from_ref(key_block));
            write_words(bytes, state.iter());
        }
        chain.link[..first_link.len()].copy_from_slice(&first_link);
        chain.sum = chain.link;
        chain
    }
}

/// Several chains side by side, with the corresponding words of all of them next to each other.
#[derive(ZeroizeOnDrop)]
pub(crate) struct Lanes<W: Word, const WORDS: usize, const LANES: usize> {
    pub(crate) inner: [[W; LANES]; WORDS],
    pub(crate) outer: [[W; LANES]; WORDS],
    pub(crate) link: [[W; LANES]; WORDS],
    pub(crate) sum: [[W; LANES]; WORDS],
}

/// Completes up to `LANES` chains with a backend's `rounds`. A chain that ends early leaves its lane idle.
pub(crate) fn advance<W: Word, const WORDS: usize, const LANES: usize>(
    chains: &mut [&mut Chain],
    rounds: impl Fn(&mut Lanes<W, WORDS, LANES>, u32),
) {
    debug_assert!(chains.len() <= LANES);
    let mut lanes = Lanes::load(chains);
    while let Some(count) = chains
        .iter()
        .map(|chain| chain.remaining)
        .filter(|&remaining| remaining > 0)
        .min()
    {
        rounds(&mut lanes, count);
        for (lane, chain) in chains.iter_mut().enumerate().filter(|(_, chain)| chain.remaining > 0) {
            chain.remaining -= count;
            write_words(&mut chain.sum, lanes.sum.iter().map(|words| &words[lane]));
        }
    }
}

impl<W: Word, const WORDS: usize, const LANES: usize> Lanes<W, WORDS, LANES> {
    fn load(chains: &[&mut Chain]) -> Self {
        let zeros = [[W::default(); LANES]; WORDS];
        let mut lanes = Self {
            inner: zeros,
            outer: zeros,
            link: zeros,
            sum: zeros,
        };
        for (lane, chain) in chains.iter().enumerate() {
            for word in 0..WORDS {
                let offset = word * size_of::<W>();
                lanes.inner[word][lane] = W::read(&chain.inner[offset..]);
                lanes.outer[word][lane] = W::read(&chain.outer[offset..]);
                lanes.link[word][lane] = W::read(&chain.link[offset..]);
                lanes.sum[word][lane] = W::read(&chain.sum[offset..]);
            }
        }
        lanes
    }
}

pub(crate) fn write_words<'a, W: Word + 'a>(bytes: &mut [u8], words: impl Iterator<Item = &'a W>) {
    for (bytes, &word) in bytes.chunks_exact_mut(size_of::<W>()).zip(words) {
        word.write(bytes);
    }
}

impl Word for u32 {
    fn read(bytes: &[u8]) -> Self {
        bytes.first_chunk().map_or(0, |bytes| Self::from_be_bytes(*bytes))
    }

    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_be_bytes());
    }
}

impl Word for u64 {
    fn read(bytes: &[u8]) -> Self {
        bytes.first_chunk().map_or(0, |bytes| Self::from_be_bytes(*bytes))
    }

    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_be_bytes());
    }
}
