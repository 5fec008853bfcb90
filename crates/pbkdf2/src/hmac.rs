//! The parts of HMAC (RFC 2104) that come before PBKDF2's many rounds.

use sha2::Digest;
use zeroize::Zeroizing;

/// The inner and the outer key block: the password, hashed first if it is longer than a block and filled up with zeros
/// if it is shorter, under HMAC's two masks.
pub(crate) fn key_blocks<H: Digest, const BLOCK: usize>(password: &[u8]) -> [Zeroizing<[u8; BLOCK]>; 2] {
    let mut key = Zeroizing::new([0; BLOCK]);
    if password.len() > BLOCK {
        let hash = hash::<H, 1>([password]);
        key[..hash.len()].copy_from_slice(&hash);
    } else {
        key[..password.len()].copy_from_slice(password);
    }
    [0x36, 0x5c].map(|mask| {
        let mut masked = key.clone();
        masked.iter_mut().for_each(|byte| *byte ^= mask);
        masked
    })
}

/// The first HMAC of block number `block` of a key, counted from 1.
pub(crate) fn first_link<H: Digest, const BLOCK: usize>(
    [inner, outer]: &[Zeroizing<[u8; BLOCK]>; 2],
    salt: &[u8],
    block: u32,
) -> Zeroizing<Vec<u8>> {
    let inner_hash = hash::<H, 3>([inner.as_slice(), salt, &block.to_be_bytes()]);
    hash::<H, 2>([outer.as_slice(), &inner_hash])
}

fn hash<H: Digest, const PARTS: usize>(parts: [&[u8]; PARTS]) -> Zeroizing<Vec<u8>> {
    let hash = parts.into_iter().fold(H::new(), H::chain_update);
    Zeroizing::new(hash.finalize().to_vec())
}
