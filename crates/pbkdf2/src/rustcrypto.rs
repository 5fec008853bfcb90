//! One lane with the compression functions of RustCrypto's crates, which use a processor's SHA instructions.

use zeroize::{Zeroize, Zeroizing};

use crate::chain::{Lanes, Word, write_words};

/// Whether those crates have instructions for SHA-1 and SHA-256 to use.
pub(crate) fn has_sha_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("sha") && is_x86_feature_detected!("sse4.1");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    false
}

/// Goes on with PBKDF2: `count` times the HMAC of the last link, added to the sum.
pub(crate) fn rounds<W: Word, const WORDS: usize, const BLOCK: usize>(
    lanes: &mut Lanes<W, WORDS, 1>,
    count: u32,
    compress: impl Fn(&mut [W; WORDS], &[[u8; BLOCK]]),
) {
    // what follows a hash after a key block: a bit, zeros, and how many bits there were
    let hash_length = WORDS * size_of::<W>();
    let mut block = Zeroizing::new([0; BLOCK]);
    block[hash_length] = 0x80;
    let bits = 8 * (BLOCK + hash_length) as u64;
    block[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());

    let (inner, outer) = (lanes.inner.map(|[word]| word), lanes.outer.map(|[word]| word));
    let mut link = lanes.link.map(|[word]| word);
    for _ in 0..count {
        for key in [&inner, &outer] {
            write_words(&mut block[..hash_length], link.iter());
            link = *key;
            compress(&mut link, std::slice::from_ref(&block));
        }
        for ([sum], link) in lanes.sum.iter_mut().zip(link) {
            *sum ^= link;
        }
    }
    lanes.link = link.map(|word| [word]);
    link.zeroize();
}
