//! One derivation after another, on the hash functions of RustCrypto (which use SHA instructions where there are any).

use hmac::digest::{Digest, block_api::EagerHash};
use hmac::{Hmac, KeyInit, Mac};
use zeroize::Zeroizing;

use crate::Derivation;

/// PBKDF2 as RFC 8018, section 5.2, has it.
pub(crate) fn derive<H>(derivation: &Derivation<'_>) -> Zeroizing<Vec<u8>>
where
    H: EagerHash,
    Hmac<H>: Mac + KeyInit + Clone,
{
    let keyed = keyed_hmac::<H>(derivation.password);
    let mut key = Zeroizing::new(vec![0; derivation.length]);
    for (block, index) in key.chunks_mut(<H as Digest>::output_size()).zip(1_u32..) {
        let mut hmac = keyed.clone();
        hmac.update(derivation.salt);
        hmac.update(&index.to_be_bytes());
        let mut link = Zeroizing::new(hmac.finalize().into_bytes().to_vec());
        let mut sum = link.clone();
        for _ in 1..derivation.iterations.get() {
            let mut hmac = keyed.clone();
            hmac.update(&link);
            link.copy_from_slice(&hmac.finalize().into_bytes());
            for (sum, link) in sum.iter_mut().zip(link.iter()) {
                *sum ^= link;
            }
        }
        block.copy_from_slice(&sum[..block.len()]);
    }
    key
}

/// HMAC with the password as its key. RFC 2104: a key longer than a block is hashed, a shorter one padded with zeros.
fn keyed_hmac<H>(password: &[u8]) -> Hmac<H>
where
    H: EagerHash,
    Hmac<H>: Mac + KeyInit,
{
    let mut key = hmac::digest::Key::<Hmac<H>>::default();
    if password.len() > key.len() {
        let hash = H::digest(password);
        key[..hash.len()].copy_from_slice(&hash);
    } else {
        key[..password.len()].copy_from_slice(password);
    }
    <Hmac<H> as KeyInit>::new(&key)
}
