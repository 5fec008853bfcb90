//! One lane with the compression function of the `sha2` crate, which uses the SHA-512 instructions of ARM processors
//! that have them.

use sha2::block_api::compress512;
use zeroize::{Zeroize, Zeroizing};

use super::Backend;
use super::chain::{Lanes, MESSAGE_BLOCK_LENGTH, advance};

pub(super) const BACKEND: Backend = Backend::new("RustCrypto", 1, |chains| advance(chains, rounds));

fn rounds(lanes: &mut Lanes<1>, count: u32) {
    let mut block = Zeroizing::new([0; MESSAGE_BLOCK_LENGTH]);
    // what follows 64 bytes of message after a key block: a bit, zeros, and how many bits there were
    block[64] = 0x80;
    block[112..].copy_from_slice(&1_536_u128.to_be_bytes());
    let (inner, outer) = (lanes.inner.map(|[word]| word), lanes.outer.map(|[word]| word));
    let mut link = lanes.link.map(|[word]| word);
    for _ in 0..count {
        for key in [&inner, &outer] {
            for (bytes, word) in block.as_chunks_mut().0.iter_mut().zip(link) {
                *bytes = word.to_be_bytes();
            }
            link = *key;
            compress512(&mut link, std::slice::from_ref(&block));
        }
        for ([sum], link) in lanes.sum.iter_mut().zip(link) {
            *sum ^= link;
        }
    }
    lanes.link = link.map(|word| [word]);
    link.zeroize();
}
