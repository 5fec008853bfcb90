//! Bodies of AES-CBC and HMAC: `IV | ciphertext, PKCS#7 padded | HMAC over both`.

use aes::{
    Aes128, Aes192, Aes256,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit},
};
use cbc::cipher::block_padding::Pkcs7;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use crate::key::algorithm::{AesKeySize, ValidationAlgorithm};
use crate::payload::subkeys::{SubkeyDerivation, keyed_hmac};

/// The length of an AES block, and so of an IV.
pub(crate) const BLOCK_LENGTH: usize = 16;

/// The two algorithms, and how to use them with subkeys for one payload: the encryption key, then the validation key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CbcHmac {
    pub(crate) key_size: AesKeySize,
    pub(crate) validation: ValidationAlgorithm,
}

impl CbcHmac {
    /// The length of both subkeys.
    pub(crate) fn subkeys_length(self) -> usize {
        self.key_size.length() + self.validation.length()
    }

    /// How many bytes the body of so long a plain text takes.
    pub(crate) fn body_length(self, plaintext_length: usize) -> usize {
        BLOCK_LENGTH + padded_length(plaintext_length) + self.validation.length()
    }

    /// Writes the body behind what is in `out`.
    pub(crate) fn seal(self, subkeys: &[u8], iv: [u8; BLOCK_LENGTH], plaintext: &[u8], out: &mut Vec<u8>) {
        let (encryption_key, validation_key) = subkeys.split_at(self.key_size.length());
        let start = out.len();
        out.extend_from_slice(&iv);
        out.extend_from_slice(plaintext);
        out.resize(start + BLOCK_LENGTH + padded_length(plaintext.len()), 0);
        let text = &mut out[start + BLOCK_LENGTH..];
        match self.key_size {
            AesKeySize::Aes128 => encrypt::<Aes128>(encryption_key, &iv, text, plaintext.len()),
            AesKeySize::Aes192 => encrypt::<Aes192>(encryption_key, &iv, text, plaintext.len()),
            AesKeySize::Aes256 => encrypt::<Aes256>(encryption_key, &iv, text, plaintext.len()),
        }
        match self.validation {
            ValidationAlgorithm::HmacSha256 => append_mac::<Hmac<Sha256>>(validation_key, start, out),
            ValidationAlgorithm::HmacSha512 => append_mac::<Hmac<Sha512>>(validation_key, start, out),
        }
    }

    /// The plain text of a body, or `None` for any kind of damage. Nothing is decrypted before the MAC is verified.
    pub(crate) fn open(self, subkeys: &[u8], body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (encryption_key, validation_key) = subkeys.split_at(self.key_size.length());
        let (authenticated, mac) = body.split_at_checked(body.len().checked_sub(self.validation.length())?)?;
        let holds = match self.validation {
            ValidationAlgorithm::HmacSha256 => mac_holds::<Hmac<Sha256>>(validation_key, authenticated, mac),
            ValidationAlgorithm::HmacSha512 => mac_holds::<Hmac<Sha512>>(validation_key, authenticated, mac),
        };
        if !holds {
            return None;
        }
        let (iv, ciphertext) = authenticated.split_at_checked(BLOCK_LENGTH)?;
        match self.key_size {
            AesKeySize::Aes128 => decrypt::<Aes128>(encryption_key, iv, ciphertext),
            AesKeySize::Aes192 => decrypt::<Aes192>(encryption_key, iv, ciphertext),
            AesKeySize::Aes256 => decrypt::<Aes256>(encryption_key, iv, ciphertext),
        }
    }

    /// The context header, which identifies the algorithms in the derivation of subkeys: lengths, and the outputs for
    /// empty input.
    pub(crate) fn context_header(self) -> Vec<u8> {
        let mut subkeys = Zeroizing::new(vec![0; self.subkeys_length()]);
        SubkeyDerivation::new(&[], &[], &[], subkeys.len()).derive(&[], &mut subkeys);
        let mut sealed = Vec::with_capacity(self.body_length(0));
        self.seal(&subkeys, [0; BLOCK_LENGTH], &[], &mut sealed);
        let empty_ciphertext = &sealed[BLOCK_LENGTH..2 * BLOCK_LENGTH];
        let mut empty_mac = Vec::with_capacity(self.validation.length());
        let validation_key = &subkeys[self.key_size.length()..];
        match self.validation {
            ValidationAlgorithm::HmacSha256 => append_mac::<Hmac<Sha256>>(validation_key, 0, &mut empty_mac),
            ValidationAlgorithm::HmacSha512 => append_mac::<Hmac<Sha512>>(validation_key, 0, &mut empty_mac),
        }

        let mut header = vec![0, 0];
        // The validation key is as long as the digest.
        let lengths = [
            self.key_size.length(),
            BLOCK_LENGTH,
            self.validation.length(),
            self.validation.length(),
        ];
        for length in lengths {
            header.extend_from_slice(&(length as u32).to_be_bytes());
        }
        header.extend_from_slice(empty_ciphertext);
        header.extend_from_slice(&empty_mac);
        header
    }
}

/// PKCS#7 always pads, a whole block where nothing is missing.
fn padded_length(length: usize) -> usize {
    (length / BLOCK_LENGTH + 1) * BLOCK_LENGTH
}

#[expect(clippy::expect_used, reason = "both lengths are fixed by the caller")]
fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], text: &mut [u8], plaintext_length: usize) {
    let cipher = C::new_from_slice(key).expect("a key of the cipher's length");
    cbc::Encryptor::inner_iv_slice_init(cipher, iv)
        .expect("an IV of the cipher's length")
        .encrypt_padded::<Pkcs7>(text, plaintext_length)
        .expect("room for the padding");
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = C::new_from_slice(key).ok()?;
    let decryptor = cbc::Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    let length = decryptor.decrypt_padded::<Pkcs7>(&mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

/// Appends the MAC over everything from `start`.
fn append_mac<M: Mac + KeyInit>(key: &[u8], start: usize, out: &mut Vec<u8>) {
    let mac = keyed_hmac::<M>(key).chain_update(&out[start..]).finalize();
    out.extend_from_slice(&mac.into_bytes());
}

/// Compares in constant time.
fn mac_holds<M: Mac + KeyInit>(key: &[u8], authenticated: &[u8], mac: &[u8]) -> bool {
    keyed_hmac::<M>(key)
        .chain_update(authenticated)
        .verify_slice(mac)
        .is_ok()
}
