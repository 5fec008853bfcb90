//! Stored hashes, decoded.

use std::num::NonZeroU32;

use wicketgate_pbkdf2::Prf;
use wicketgate_protection::base64_text;

use super::algorithm::{PasswordAlgorithm, UnreadableHash};
use super::argon2id;
use super::pepper::{Pepper, PepperId};
use crate::account::PasswordHash;

/// What a hash with a pepper begins with.
const PEPPER: &str = "$pepper$";
/// Minimum length of salt and subkey, in bytes.
const MINIMUM_LENGTH: usize = 16;
/// Maximum length, in bytes: .NET writes 16 and 32, and each block of a subkey costs all rounds again.
const MAXIMUM_LENGTH: usize = 1024;
const VERSION_2_SALT_LENGTH: usize = 16;
const VERSION_2_SUBKEY_LENGTH: usize = 32;

impl PasswordAlgorithm {
    /// The algorithm of a stored hash, without checking any password.
    ///
    /// # Errors
    /// [`UnreadableHash`] if the hash matches no password.
    pub fn of(hash: &PasswordHash) -> Result<Self, UnreadableHash> {
        let hash = DecodedHash::decode(hash).ok_or(UnreadableHash)?;
        Ok(hash.algorithm)
    }
}

/// The contents of a [`PasswordHash`]. .NET's hashes are bytes in base64, and the first byte is the version:
///
/// - version 2: `00 | salt, 16 bytes | subkey, 32 bytes`
/// - version 3: `01 | prf u32 | iterations u32 | salt length u32 | salt | subkey`, numbers big-endian
///
/// Argon2id's hashes are PHC strings: `$argon2id$v=19$m=…,t=…,p=…$salt$subkey`.
///
/// With a pepper, any of them stands behind its id: `$pepper$0123456789abcdef$AQAAAAI…`; the subkey is then sealed with it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct DecodedHash {
    pub(super) algorithm: PasswordAlgorithm,
    pub(super) pepper: Option<PepperId>,
    pub(super) salt: Vec<u8>,
    pub(super) subkey: Vec<u8>,
}

impl DecodedHash {
    /// `None` if no password can match: the text is damaged, of an unknown version, too weak, or too expensive to
    /// verify.
    ///
    /// Like .NET, this ignores white space anywhere, accepts a shortened subkey of at least 16 bytes, and refuses what
    /// .NET's `PasswordHasher` refuses. For text that is not base64, .NET throws; here it is simply a hash that no
    /// password matches.
    pub(super) fn decode(hash: &PasswordHash) -> Option<Self> {
        let Some(peppered) = hash.as_str().strip_prefix(PEPPER) else {
            return Self::decode_plain(hash.as_str());
        };
        let (id, plain) = peppered.split_once('$')?;
        let hash = Self::decode_plain(plain)?;
        let pepper = Some(PepperId::parse(id)?);
        (hash.subkey.len() == Pepper::SEALED_LENGTH).then_some(Self { pepper, ..hash })
    }

    fn decode_plain(text: &str) -> Option<Self> {
        // no base64 has a dollar sign
        if text.starts_with('$') {
            let (costs, salt, subkey) = argon2id::decode(text)?;
            let algorithm = PasswordAlgorithm::Argon2id(costs);
            return Some(Self {
                algorithm,
                pepper: None,
                salt,
                subkey,
            });
        }
        let bytes = base64_text::decode(text)?;
        match bytes.split_first()? {
            (0, rest) => Self::decode_version_2(rest),
            (1, rest) => Self::decode_version_3(rest),
            _ => None,
        }
    }

    fn decode_version_2(bytes: &[u8]) -> Option<Self> {
        let (salt, subkey) = bytes.split_at_checked(VERSION_2_SALT_LENGTH)?;
        (subkey.len() == VERSION_2_SUBKEY_LENGTH).then(|| Self {
            algorithm: PasswordAlgorithm::IdentityV2,
            pepper: None,
            salt: salt.to_owned(),
            subkey: subkey.to_owned(),
        })
    }

    fn decode_version_3(bytes: &[u8]) -> Option<Self> {
        let (prf, bytes) = split_u32(bytes)?;
        let prf = match prf {
            0 => Prf::HmacSha1,
            1 => Prf::HmacSha256,
            2 => Prf::HmacSha512,
            _ => return None,
        };
        let (iterations, bytes) = split_u32(bytes)?;
        let iterations = NonZeroU32::new(iterations)?;
        let (salt_length, bytes) = split_u32(bytes)?;
        let (salt, subkey) = bytes.split_at_checked(usize::try_from(salt_length).ok()?)?;
        let is_possible = |bytes: &[u8]| (MINIMUM_LENGTH..=MAXIMUM_LENGTH).contains(&bytes.len());
        let is_affordable = rounds(prf, iterations, subkey.len()) <= u64::from(PasswordAlgorithm::MAX_ITERATIONS);
        (is_possible(salt) && is_possible(subkey) && is_affordable).then_some(Self {
            algorithm: PasswordAlgorithm::IdentityV3 { prf, iterations },
            pepper: None,
            salt: salt.to_owned(),
            subkey: subkey.to_owned(),
        })
    }

    /// The text as it is stored; the inverse of [`decode`](Self::decode).
    pub(super) fn encode(&self) -> PasswordHash {
        let plain = self.encode_plain();
        PasswordHash::from_stored(match self.pepper {
            Some(id) => format!("{PEPPER}{id}${plain}"),
            None => plain,
        })
    }

    fn encode_plain(&self) -> String {
        let mut bytes = Vec::with_capacity(13 + self.salt.len() + self.subkey.len());
        match self.algorithm {
            PasswordAlgorithm::Argon2id(costs) => {
                return argon2id::encode(costs, &self.salt, &self.subkey);
            }
            PasswordAlgorithm::IdentityV2 => bytes.push(0),
            PasswordAlgorithm::IdentityV3 { prf, iterations } => {
                bytes.push(1);
                bytes.extend((prf as u32).to_be_bytes());
                bytes.extend(iterations.get().to_be_bytes());
                // a salt is 16 bytes, or came out of a text with a 32-bit length
                bytes.extend((self.salt.len() as u32).to_be_bytes());
            }
        }
        bytes.extend(&self.salt);
        bytes.extend(&self.subkey);
        base64_text::encode(&bytes)
    }
}

/// The number of rounds for a subkey of this many bytes: each block takes all iterations.
fn rounds(prf: Prf, iterations: NonZeroU32, length: usize) -> u64 {
    let block = match prf {
        Prf::HmacSha1 => 20,
        Prf::HmacSha256 => 32,
        Prf::HmacSha512 => 64,
    };
    let blocks = length.div_ceil(block);
    u64::from(iterations.get()).saturating_mul(u64::try_from(blocks).unwrap_or(u64::MAX))
}

fn split_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX_ITERATIONS: u32 = PasswordAlgorithm::MAX_ITERATIONS;

    fn decode(bytes: &[u8]) -> Option<DecodedHash> {
        DecodedHash::decode(&PasswordHash::from_stored(base64_text::encode(bytes)))
    }

    #[test]
    fn unused_bits_of_the_last_character_are_not_looked_at() {
        let version_2 = base64_text::encode(&[0; 49]);
        let other = format!("{}P==", version_2.strip_suffix("A==").unwrap());
        assert!(DecodedHash::decode(&PasswordHash::from_stored(other)).is_some());
    }

    #[test]
    fn a_row_that_would_cost_more_rounds_than_any_hash_may_is_not_verified() {
        let row = |prf: u32, iterations: u32, salt: usize, subkey: usize| {
            let header = [prf, iterations, salt as u32].map(u32::to_be_bytes).concat();
            decode(&[&[1][..], &header, &vec![0; salt + subkey]].concat()).is_some()
        };
        for prf in 0..3 {
            assert!(row(prf, MAX_ITERATIONS, 16, 16));
            assert!(!row(prf, MAX_ITERATIONS + 1, 16, 16));
            assert!(!row(prf, i32::MAX as u32, 16, 32));
            assert!(!row(prf, u32::MAX, 16, 32));
            // Many blocks are as costly as many rounds.
            assert!(!row(prf, MAX_ITERATIONS / 10, 16, 1024));
            assert!(!row(prf, 1, 16, 1025));
            assert!(!row(prf, 1, 1025, 16));
            assert!(row(prf, 1, 1024, 1024));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, version in 0_u8..3) {
            decode(&bytes);
            decode(&[&[version][..], &bytes].concat());
        }

        #[test]
        fn what_is_encoded_is_decoded(
            prf in prop_oneof![Just(Prf::HmacSha1), Just(Prf::HmacSha256), Just(Prf::HmacSha512)],
            iterations in 1..=MAX_ITERATIONS / 5,
            salt in proptest::collection::vec(any::<u8>(), 16..80),
            subkey in proptest::collection::vec(any::<u8>(), 16..80),
            pepper in proptest::option::of(any::<[u8; 8]>()),
        ) {
            let iterations = NonZeroU32::new(iterations).unwrap();
            let algorithm = PasswordAlgorithm::IdentityV3 { prf, iterations };
            let pepper = pepper.map(|id| PepperId::parse(&data_encoding::HEXLOWER.encode(&id)).unwrap());
            let subkey = if pepper.is_some() { vec![7; Pepper::SEALED_LENGTH] } else { subkey };
            let hash = DecodedHash { algorithm, pepper, salt, subkey };
            prop_assert!(DecodedHash::decode(&hash.encode()) == Some(hash));
        }
    }
}
