//! Deriving a payload's subkeys.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;

/// Derives the subkeys of payloads from a master key: SP 800-108 in counter mode, with HMAC-SHA512.
///
/// Counter, label and the fixed part of the context come first in each block, so their hash state is kept; a payload
/// only adds its own key modifier.
pub(crate) struct SubkeyDerivation {
    /// One for each 64 bytes of output, everything before the key modifier taken in.
    blocks: Vec<Hmac<Sha512>>,
    output_bits: [u8; 4],
}

impl SubkeyDerivation {
    /// `label` is the additional authenticated data, `context_header` what names the algorithms.
    pub(crate) fn new(master_key: &[u8], label: &[u8], context_header: &[u8], output_length: usize) -> Self {
        let keyed = keyed_hmac::<Hmac<Sha512>>(master_key);
        let blocks = (1..=output_length.div_ceil(BLOCK_LENGTH) as u32)
            .map(|counter| {
                let mut block = keyed.clone();
                block.update(&counter.to_be_bytes());
                block.update(label);
                block.update(&[0]);
                block.update(context_header);
                block
            })
            .collect();
        Self {
            blocks,
            output_bits: (output_length as u32 * 8).to_be_bytes(),
        }
    }

    /// Fills `output`, as long as it was announced, with the subkeys for `key_modifier`.
    pub(crate) fn derive(&self, key_modifier: &[u8], output: &mut [u8]) {
        for (block, chunk) in self.blocks.iter().zip(output.chunks_mut(BLOCK_LENGTH)) {
            let mut block = block.clone();
            block.update(key_modifier);
            block.update(&self.output_bits);
            chunk.copy_from_slice(&block.finalize().into_bytes()[..chunk.len()]);
        }
    }
}

/// An HMAC, ready for its message.
#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
pub(crate) fn keyed_hmac<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes keys of every length")
}

/// What one HMAC-SHA512 gives.
const BLOCK_LENGTH: usize = 64;
