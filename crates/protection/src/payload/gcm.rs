//! Bodies of AES-GCM: `nonce | ciphertext | tag`.

use aes_gcm::{
    AeadInOut, AesGcm, KeyInit,
    aead::{Nonce, Tag, consts::U12},
    aes::{Aes128, Aes192, Aes256},
};
use zeroize::Zeroizing;

use crate::key::algorithm::AesKeySize;
use crate::payload::subkeys::SubkeyDerivation;

/// The length of a nonce.
pub(crate) const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;
const BLOCK_LENGTH: usize = 16;

/// The algorithm, and how to use it with the subkey for one payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gcm {
    pub(crate) key_size: AesKeySize,
}

impl Gcm {
    /// The length of the only subkey.
    pub(crate) fn subkeys_length(self) -> usize {
        self.key_size.length()
    }

    /// How many bytes the body of so long a plain text takes.
    pub(crate) fn body_length(self, plaintext_length: usize) -> usize {
        NONCE_LENGTH + plaintext_length + TAG_LENGTH
    }

    /// Writes the body behind what is in `out`.
    pub(crate) fn seal(self, subkey: &[u8], nonce: [u8; NONCE_LENGTH], plaintext: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plaintext);
        let text = &mut out[start..];
        let tag = match self.key_size {
            AesKeySize::Aes128 => encrypt::<AesGcm<Aes128, U12>>(subkey, nonce, text),
            AesKeySize::Aes192 => encrypt::<AesGcm<Aes192, U12>>(subkey, nonce, text),
            AesKeySize::Aes256 => encrypt::<AesGcm<Aes256, U12>>(subkey, nonce, text),
        };
        out.extend_from_slice(&tag);
    }

    /// The plain text of a body, or `None` for every kind of damage.
    pub(crate) fn open(self, subkey: &[u8], body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = body.split_first_chunk()?;
        let (ciphertext, tag) = rest.split_last_chunk()?;
        let mut text = Zeroizing::new(ciphertext.to_vec());
        match self.key_size {
            AesKeySize::Aes128 => decrypt::<AesGcm<Aes128, U12>>(subkey, *nonce, &mut text, *tag),
            AesKeySize::Aes192 => decrypt::<AesGcm<Aes192, U12>>(subkey, *nonce, &mut text, *tag),
            AesKeySize::Aes256 => decrypt::<AesGcm<Aes256, U12>>(subkey, *nonce, &mut text, *tag),
        }?;
        Some(text)
    }

    /// Names the algorithm in the derivation of subkeys: lengths, and the tag of nothing under a derived key.
    pub(crate) fn context_header(self) -> Vec<u8> {
        let mut subkey = Zeroizing::new(vec![0; self.subkeys_length()]);
        SubkeyDerivation::new(&[], &[], &[], subkey.len()).derive(&[], &mut subkey);
        let mut sealed = Vec::with_capacity(self.body_length(0));
        self.seal(&subkey, [0; NONCE_LENGTH], &[], &mut sealed);

        let mut header = vec![0, 1];
        for length in [self.key_size.length(), NONCE_LENGTH, BLOCK_LENGTH, TAG_LENGTH] {
            header.extend_from_slice(&(length as u32).to_be_bytes());
        }
        header.extend_from_slice(&sealed[NONCE_LENGTH..]);
        header
    }
}

#[expect(
    clippy::expect_used,
    reason = "the key's length is fixed by the caller, and no plain text reaches 64 GiB"
)]
fn encrypt<C>(key: &[u8], nonce: [u8; NONCE_LENGTH], text: &mut [u8]) -> [u8; TAG_LENGTH]
where
    C: AeadInOut<NonceSize = U12, TagSize = aes_gcm::aead::consts::U16> + KeyInit,
{
    C::new_from_slice(key)
        .expect("a key of the cipher's length")
        .encrypt_inout_detached(&Nonce::<C>::from(nonce), &[], text.into())
        .expect("a plain text within the cipher's limit")
        .into()
}

fn decrypt<C>(key: &[u8], nonce: [u8; NONCE_LENGTH], text: &mut [u8], tag: [u8; TAG_LENGTH]) -> Option<()>
where
    C: AeadInOut<NonceSize = U12, TagSize = aes_gcm::aead::consts::U16> + KeyInit,
{
    C::new_from_slice(key)
        .ok()?
        .decrypt_inout_detached(&Nonce::<C>::from(nonce), &[], text.into(), &Tag::<C>::from(tag))
        .ok()
}
