//! Encrypting and decrypting with one key.

use zeroize::Zeroizing;

use crate::Random;
use crate::key::Key;
use crate::key::algorithm::Algorithm;
use crate::payload::cbc::{self, CbcHmac};
use crate::payload::gcm::{self, Gcm};
use crate::payload::header::Header;
use crate::payload::purposes::Purposes;
use crate::payload::subkeys::SubkeyDerivation;

/// One key for one chain of purposes (.NET's `IAuthenticatedEncryptor`): everything that payloads share is done.
pub(crate) struct Encryptor {
    header: Header,
    cipher: Cipher,
    derivation: SubkeyDerivation,
}

#[derive(Clone, Copy)]
enum Cipher {
    Cbc(CbcHmac),
    Gcm(Gcm),
}

impl Encryptor {
    /// `None` when the key's secret cannot be used.
    pub(crate) fn new(key: &Key, purposes: &Purposes) -> Option<Self> {
        let secret = key.secret.as_ref().ok()?;
        let cipher = Cipher::of(secret.algorithm);
        Some(Self {
            header: Header { key_id: key.id },
            derivation: SubkeyDerivation::new(
                &secret.master_key,
                &purposes.additional_authenticated_data(key.id),
                &cipher.context_header(),
                cipher.subkeys_length(),
            ),
            cipher,
        })
    }

    /// A whole payload: header, a key modifier of its own, body.
    pub(crate) fn protect(&self, plaintext: &[u8], random: &dyn Random) -> Vec<u8> {
        let mut payload =
            Vec::with_capacity(Header::LENGTH + KEY_MODIFIER_LENGTH + self.cipher.body_length(plaintext.len()));
        payload.extend_from_slice(&self.header.to_bytes());
        let mut key_modifier = [0; KEY_MODIFIER_LENGTH];
        random.fill(&mut key_modifier);
        payload.extend_from_slice(&key_modifier);
        let mut subkeys = Subkeys::new([0; 96]);
        let subkeys = self.derive(&key_modifier, &mut subkeys);
        match self.cipher {
            Cipher::Cbc(cbc) => {
                let mut iv = [0; cbc::BLOCK_LENGTH];
                random.fill(&mut iv);
                cbc.seal(subkeys, iv, plaintext, &mut payload);
            }
            Cipher::Gcm(gcm) => {
                let mut nonce = [0; gcm::NONCE_LENGTH];
                random.fill(&mut nonce);
                gcm.seal(subkeys, nonce, plaintext, &mut payload);
            }
        }
        payload
    }

    /// The plain text of what follows the header; `None` for every kind of damage.
    pub(crate) fn unprotect(&self, body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (key_modifier, body) = body.split_first_chunk::<KEY_MODIFIER_LENGTH>()?;
        // Before the derivation, so that the shortest garbage costs nothing.
        if body.len() < self.cipher.body_length(0) {
            return None;
        }
        let mut subkeys = Subkeys::new([0; 96]);
        let subkeys = self.derive(key_modifier, &mut subkeys);
        match self.cipher {
            Cipher::Cbc(cbc) => cbc.open(subkeys, body),
            Cipher::Gcm(gcm) => gcm.open(subkeys, body),
        }
    }

    /// A keyed hash: what the derivation of subkeys gives for `data` in a key modifier's place. `data` is longer than a key
    /// modifier, so that it is never the subkeys of a payload.
    pub(crate) fn keyed_hash(&self, data: &[u8]) -> [u8; KEYED_HASH_LENGTH] {
        let mut longer = Zeroizing::new(Vec::with_capacity(KEY_MODIFIER_LENGTH + data.len() + 1));
        longer.extend_from_slice(&[0; KEY_MODIFIER_LENGTH]);
        longer.push(1);
        longer.extend_from_slice(data);
        let mut subkeys = Subkeys::new([0; 96]);
        let hash = self.derive(&longer, &mut subkeys);
        let mut short = [0; KEYED_HASH_LENGTH];
        short.copy_from_slice(&hash[..KEYED_HASH_LENGTH]);
        short
    }

    fn derive<'a>(&self, key_modifier: &[u8], subkeys: &'a mut Subkeys) -> &'a [u8] {
        let subkeys = &mut subkeys[..self.cipher.subkeys_length()];
        self.derivation.derive(key_modifier, subkeys);
        subkeys
    }
}

impl Cipher {
    fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Cbc(key_size, validation) => Self::Cbc(CbcHmac { key_size, validation }),
            Algorithm::Gcm(key_size) => Self::Gcm(Gcm { key_size }),
        }
    }

    fn context_header(self) -> Vec<u8> {
        match self {
            Self::Cbc(cbc) => cbc.context_header(),
            Self::Gcm(gcm) => gcm.context_header(),
        }
    }

    fn subkeys_length(self) -> usize {
        match self {
            Self::Cbc(cbc) => cbc.subkeys_length(),
            Self::Gcm(gcm) => gcm.subkeys_length(),
        }
    }

    fn body_length(self, plaintext_length: usize) -> usize {
        match self {
            Self::Cbc(cbc) => cbc.body_length(plaintext_length),
            Self::Gcm(gcm) => gcm.body_length(plaintext_length),
        }
    }
}

/// Room for the longest subkeys, AES-256 and HMACSHA512.
type Subkeys = Zeroizing<[u8; 96]>;

/// In bytes. No algorithm's subkeys are shorter.
pub(crate) const KEYED_HASH_LENGTH: usize = 16;

/// Random bytes that give each payload subkeys of its own.
const KEY_MODIFIER_LENGTH: usize = 16;
