//! PBKDF2-HMAC-SHA1 and PBKDF2-HMAC-SHA256, for hashes from before SHA-512 was the default: one derivation after
//! another, with RustCrypto's compression functions, which use SHA instructions where there are any.

use sha1::Sha1;
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Derivation, hmac};

/// What both functions take in at a time, in bytes.
const BLOCK_LENGTH: usize = 64;

pub(crate) fn derive_sha1(derivation: &Derivation<'_>) -> Zeroizing<Vec<u8>> {
    // FIPS 180-4, section 5.3.1
    let initial_state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    derive::<Sha1, 5>(derivation, initial_state, sha1::block_api::compress)
}

pub(crate) fn derive_sha256(derivation: &Derivation<'_>) -> Zeroizing<Vec<u8>> {
    // FIPS 180-4, section 5.3.3
    let initial_state = [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];
    derive::<Sha256, 8>(derivation, initial_state, compress256)
}

/// For the function whose state has so many words, which are also its hash.
fn derive<H: Digest, const WORDS: usize>(
    derivation: &Derivation<'_>,
    initial_state: [u32; WORDS],
    compress: impl Fn(&mut [u32; WORDS], &[[u8; BLOCK_LENGTH]]),
) -> Zeroizing<Vec<u8>> {
    let key_blocks = hmac::key_blocks::<H, BLOCK_LENGTH>(derivation.password);
    let keyed_states = Zeroizing::new([0, 1].map(|i| {
        let mut state = initial_state;
        compress(&mut state, std::slice::from_ref(&key_blocks[i]));
        state
    }));
    let hash_length = WORDS * size_of::<u32>();
    let mut message = Zeroizing::new(padded_block(hash_length));
    let mut key = Zeroizing::new(vec![0; derivation.length]);
    for (output, block) in key.chunks_mut(hash_length).zip(1..) {
        let mut sum = hmac::first_link::<H, BLOCK_LENGTH>(&key_blocks, derivation.salt, block);
        message[..hash_length].copy_from_slice(&sum);
        for _ in 1..derivation.iterations.get() {
            for keyed_state in keyed_states.iter() {
                let mut state = *keyed_state;
                compress(&mut state, std::slice::from_ref(&message));
                for (bytes, word) in message.as_chunks_mut().0.iter_mut().zip(state) {
                    *bytes = word.to_be_bytes();
                }
            }
            for (sum, link) in sum.iter_mut().zip(message.iter()) {
                *sum ^= link;
            }
        }
        output.copy_from_slice(&sum[..output.len()]);
    }
    key
}

/// A block that begins with a hash, to be the second after a key block: what follows the hash is a bit, zeros, and the
/// number of bits in both.
fn padded_block(hash_length: usize) -> [u8; BLOCK_LENGTH] {
    let mut block = [0; BLOCK_LENGTH];
    block[hash_length] = 0x80;
    let bits = 8 * (BLOCK_LENGTH + hash_length) as u64;
    block[BLOCK_LENGTH - 8..].copy_from_slice(&bits.to_be_bytes());
    block
}
