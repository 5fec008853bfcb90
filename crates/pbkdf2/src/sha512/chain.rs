use sha2::Sha512;
use sha2::block_api::compress512;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{Derivation, hmac};

/// How many bytes of a key one chain gives.
pub(super) const OUTPUT_LENGTH: usize = 64;

/// What SHA-512 takes in at a time, in bytes.
pub(super) const MESSAGE_BLOCK_LENGTH: usize = 128;

/// A SHA-512 state before the first block (FIPS 180-4, section 5.3.5).
const INITIAL_STATE: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];

/// The chain of HMACs that one block of one key is the sum of.
#[derive(ZeroizeOnDrop)]
pub(super) struct Chain {
    /// SHA-512's state after the inner key block of HMAC.
    inner: [u64; 8],
    /// SHA-512's state after the outer key block of HMAC.
    outer: [u64; 8],
    /// The last HMAC.
    link: [u64; 8],
    /// All HMACs so far, added without carry.
    sum: [u64; 8],
    /// How many HMACs are still to come.
    pub(super) remaining: u32,
}

impl Chain {
    /// The chain of the key's block number `block`, counted from 1, with its first HMAC.
    pub(super) fn begin(derivation: &Derivation<'_>, block: u32) -> Self {
        let key_blocks = hmac::key_blocks::<Sha512, MESSAGE_BLOCK_LENGTH>(derivation.password);
        let first_link = hmac::first_link::<Sha512, MESSAGE_BLOCK_LENGTH>(&key_blocks, derivation.salt, block);
        let mut link = [0; 8];
        for (word, bytes) in link.iter_mut().zip(first_link.as_chunks().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self {
            inner: state_after(&key_blocks[0]),
            outer: state_after(&key_blocks[1]),
            link,
            sum: link,
            remaining: derivation.iterations.get() - 1,
        }
    }

    /// The block of the key, once nothing remains.
    pub(super) fn output(&self) -> Zeroizing<[u8; OUTPUT_LENGTH]> {
        let mut output = Zeroizing::new([0; OUTPUT_LENGTH]);
        for (bytes, word) in output.as_chunks_mut().0.iter_mut().zip(self.sum) {
            *bytes = word.to_be_bytes();
        }
        output
    }
}

fn state_after(block: &[u8; MESSAGE_BLOCK_LENGTH]) -> [u64; 8] {
    let mut state = INITIAL_STATE;
    compress512(&mut state, std::slice::from_ref(block));
    state
}

/// Several chains side by side: the words of one place in all of them are neighbours.
#[derive(ZeroizeOnDrop)]
pub(super) struct Lanes<const LANES: usize> {
    pub(super) inner: [[u64; LANES]; 8],
    pub(super) outer: [[u64; LANES]; 8],
    pub(super) link: [[u64; LANES]; 8],
    pub(super) sum: [[u64; LANES]; 8],
}

/// Brings up to `LANES` chains to their ends with a backend's `rounds`. A chain that ends before the others leaves its
/// lane idling.
pub(super) fn advance<const LANES: usize>(chains: &mut [&mut Chain], rounds: impl Fn(&mut Lanes<LANES>, u32)) {
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
            chain.sum = lanes.sum.map(|words| words[lane]);
        }
    }
}

impl<const LANES: usize> Lanes<LANES> {
    fn load(chains: &[&mut Chain]) -> Self {
        let mut lanes = Self {
            inner: [[0; LANES]; 8],
            outer: [[0; LANES]; 8],
            link: [[0; LANES]; 8],
            sum: [[0; LANES]; 8],
        };
        for (lane, chain) in chains.iter().enumerate() {
            for word in 0..8 {
                lanes.inner[word][lane] = chain.inner[word];
                lanes.outer[word][lane] = chain.outer[word];
                lanes.link[word][lane] = chain.link[word];
                lanes.sum[word][lane] = chain.sum[word];
            }
        }
        lanes
    }
}
