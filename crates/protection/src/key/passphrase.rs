//! Passphrases that encrypt keys at rest.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use crate::Random;

/// A passphrase that encrypts keys at rest. .NET has no such feature.
///
/// Its UTF-8 bytes are what counts: the same letters in another Unicode normalization form are another passphrase.
pub struct KeyPassphrase {
    passphrase: Zeroizing<String>,
    /// Keys derived so far, since each derivation is deliberately slow and a ring is read again and again.
    derived: Mutex<HashMap<KeyDerivation, DerivedKey>>,
}

/// The passphrase is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the passphrase is empty")]
pub struct EmptyPassphrase;

impl KeyPassphrase {
    /// A passphrase of at least one byte. Its strength is up to the caller.
    ///
    /// # Errors
    /// [`EmptyPassphrase`].
    pub fn new(passphrase: Zeroizing<String>) -> Result<Self, EmptyPassphrase> {
        if passphrase.is_empty() {
            return Err(EmptyPassphrase);
        }
        Ok(Self {
            passphrase,
            derived: Mutex::default(),
        })
    }

    /// The key for AES-256. The first derivation takes a tenth of a second and tens of megabytes, so never call it on
    /// an async thread. `None` if memory runs out.
    pub(crate) fn derive(&self, derivation: KeyDerivation) -> Option<DerivedKey> {
        // Held while deriving, so that concurrent readers do not both do the work.
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = derived.get(&derivation) {
            return Some(key.clone());
        }
        let key = derivation.derive(self.passphrase.as_bytes())?;
        derived.insert(derivation, key.clone());
        Some(key)
    }
}

impl fmt::Debug for KeyPassphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPassphrase").finish_non_exhaustive()
    }
}

/// A key for AES-256, derived from a passphrase.
pub(crate) type DerivedKey = Zeroizing<[u8; 32]>;

/// How a key is derived from a passphrase: Argon2id, version 1.3 (RFC 9106), within limits that no file can exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyDerivation {
    memory: u32,
    iterations: u32,
    parallelism: u32,
    salt: [u8; 16],
}

impl KeyDerivation {
    /// For a new key: a new salt, and the second recommendation of RFC 9106, section 4 (64 MiB, 3 passes, 4 lanes).
    pub(crate) fn generate(random: &dyn Random) -> Self {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        Self {
            memory: MAX_MEMORY,
            iterations: 3,
            parallelism: 4,
            salt,
        }
    }

    /// From a file; memory is in KiB. `None` outside of Argon2's limits or ours.
    pub(crate) fn new(memory: u32, iterations: u32, parallelism: u32, salt: [u8; 16]) -> Option<Self> {
        let is_bounded = memory <= MAX_MEMORY && iterations <= MAX_ITERATIONS && parallelism <= MAX_PARALLELISM;
        let derivation = Self {
            memory,
            iterations,
            parallelism,
            salt,
        };
        (is_bounded && derivation.params().is_some()).then_some(derivation)
    }

    /// In KiB.
    pub(crate) fn memory(&self) -> u32 {
        self.memory
    }

    pub(crate) fn iterations(&self) -> u32 {
        self.iterations
    }

    pub(crate) fn parallelism(&self) -> u32 {
        self.parallelism
    }

    pub(crate) fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    fn params(&self) -> Option<Params> {
        let length = size_of::<DerivedKey>();
        Params::new(self.memory, self.iterations, self.parallelism, Some(length)).ok()
    }

    fn derive(&self, passphrase: &[u8]) -> Option<DerivedKey> {
        let params = self.params()?;
        // Our own memory, because the library's is not wiped.
        let mut blocks = Zeroizing::new(Vec::new());
        blocks.try_reserve_exact(params.block_count()).ok()?;
        blocks.resize(params.block_count(), Block::new());
        let mut key = DerivedKey::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase, &self.salt, &mut *key, &mut blocks[..])
            .ok()?;
        Some(key)
    }
}

/// 64 MiB, as for new keys: nobody else writes such keys, so none needs more.
const MAX_MEMORY: u32 = 64 * 1024;
const MAX_ITERATIONS: u32 = 10;
const MAX_PARALLELISM: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by Python's argon2-cffi, that is by the reference implementation in C.
    #[test]
    fn a_passphrase_becomes_the_key_that_the_reference_implementation_derives() {
        let derivation = KeyDerivation::new(64, 2, 2, *b"sixteen of salt!").unwrap();
        let key = derivation.derive("correct horse".as_bytes()).unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&*key),
            "dbb98303b6a10fa4a3cc9d1d4f31eaf35429218f3dbf00ac5c1cfe8cfdfa3715"
        );
    }

    #[test]
    fn what_a_file_asks_for_is_bounded() {
        let derivation = |memory, iterations, parallelism| KeyDerivation::new(memory, iterations, parallelism, [0; 16]);
        assert!(derivation(64 * 1024, 10, 16).is_some());
        for (memory, iterations, parallelism) in [
            (64 * 1024 + 1, 10, 16),
            (64 * 1024, 11, 16),
            (64 * 1024, 10, 17),
            (0, 1, 1),
            (64, 0, 1),
            (64, 1, 0),
            (31, 1, 4),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            assert_eq!(
                derivation(memory, iterations, parallelism),
                None,
                "{memory} {iterations} {parallelism}"
            );
        }
    }

    #[test]
    fn a_key_is_derived_once() {
        let passphrase = KeyPassphrase::new("correct horse".to_owned().into()).unwrap();
        let derivation = KeyDerivation::new(64, 1, 1, [7; 16]).unwrap();
        let first = passphrase.derive(derivation).unwrap();
        // Only a cached key can differ from a derived one.
        let marked = DerivedKey::new([1; 32]);
        passphrase.derived.lock().unwrap().insert(derivation, marked.clone());
        assert_ne!(first, marked);
        assert_eq!(passphrase.derive(derivation), Some(marked));
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        assert_eq!(KeyPassphrase::new(String::new().into()).unwrap_err(), EmptyPassphrase);
    }
}
