mod decoded_hash;
mod form;

use std::sync::Arc;

use subtle::ConstantTimeEq;
use wicketgate_pbkdf2::Prf;
use wicketgate_protection::Random;
use zeroize::Zeroizing;

use self::decoded_hash::{DecodedHash, VERSION_2_ITERATIONS, Version};
pub use self::form::PasswordHashForm;
use crate::hasher_pool::{HasherPool, KeyRequest};
use crate::{CompatibilityMode, Error, PasswordHash, PasswordHasherOptions};

/// Of new hashes, in bytes.
const SALT_LENGTH: usize = 16;
/// Of new hashes, in bytes.
const SUBKEY_LENGTH: usize = 32;

/// Makes and verifies password hashes in .NET's forms (.NET's `PasswordHasher`).
///
/// The hashing runs on threads of its own, never on the caller's; dropping a future before it is ready takes its
/// password out of the queue. Holding one hasher for the whole process keeps the number of those threads at one for
/// each core.
#[derive(Debug)]
pub struct PasswordHasher {
    options: PasswordHasherOptions,
    random: Arc<dyn Random>,
    pool: HasherPool,
}

/// Whether a password belongs to a hash (.NET's `PasswordVerificationResult`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordVerification {
    /// It does not.
    Failed,
    /// It does.
    Success,
    /// It does, and the hash is weaker than new ones are: replace it with one made now.
    SuccessRehashNeeded,
}

impl PasswordHasher {
    /// Starts the threads.
    pub fn new(options: PasswordHasherOptions, random: Arc<dyn Random>) -> Self {
        let pool = HasherPool::new(options.queue_length);
        Self { options, random, pool }
    }

    /// A hash of the form that the options ask for, with a salt of its own.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait already.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, Error> {
        let mut salt = vec![0; SALT_LENGTH];
        self.random.fill(&mut salt);
        let mut hash = self.new_hash(salt);
        hash.subkey = self.subkey(&hash, SUBKEY_LENGTH, password).await?.to_vec();
        Ok(hash.encode())
    }

    /// Whether `password` belongs to `hash`.
    ///
    /// A hash that cannot be read answers [`PasswordVerification::Failed`], also where .NET throws a `FormatException`
    /// because it is not base64.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait already.
    pub async fn verify(&self, hash: &PasswordHash, password: &str) -> Result<PasswordVerification, Error> {
        let Some(hash) = DecodedHash::decode(hash) else {
            return Ok(PasswordVerification::Failed);
        };
        let subkey = self.subkey(&hash, hash.subkey.len(), password).await?;
        Ok(if !bool::from(subkey.ct_eq(&hash.subkey)) {
            PasswordVerification::Failed
        } else if self.needs_rehash(&hash) {
            PasswordVerification::SuccessRehashNeeded
        } else {
            PasswordVerification::Success
        })
    }

    /// Fails, and takes as long for it as verifying a new hash takes: for accounts that do not exist or have no
    /// password, so that the time of an answer does not tell which do. (.NET answers for those at once.)
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait already.
    pub async fn verify_unknown(&self, password: &str) -> Result<PasswordVerification, Error> {
        let hash = self.new_hash(vec![0; SALT_LENGTH]);
        self.subkey(&hash, SUBKEY_LENGTH, password).await?;
        Ok(PasswordVerification::Failed)
    }

    /// All of a hash that the options decide; the subkey is still missing.
    fn new_hash(&self, salt: Vec<u8>) -> DecodedHash {
        let (version, prf, iterations) = match self.options.compatibility_mode {
            CompatibilityMode::IdentityV2 => (Version::V2, Prf::HmacSha1, VERSION_2_ITERATIONS),
            CompatibilityMode::IdentityV3 => (Version::V3, Prf::HmacSha512, self.options.iteration_count),
        };
        DecodedHash {
            version,
            prf,
            iterations,
            salt,
            subkey: Vec::new(),
        }
    }

    async fn subkey(&self, hash: &DecodedHash, length: usize, password: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let request = KeyRequest {
            prf: hash.prf,
            password: Zeroizing::new(password.as_bytes().to_vec()),
            salt: hash.salt.clone(),
            iterations: hash.iterations,
            length,
        };
        self.pool.derive(request).await
    }

    /// .NET's rules: version 2 where version 3 is written, fewer rounds than the option, or another function than
    /// SHA-512. In version 2 mode the rounds do not matter, but the function still does.
    fn needs_rehash(&self, hash: &DecodedHash) -> bool {
        let writes_version_3 = self.options.compatibility_mode == CompatibilityMode::IdentityV3;
        match hash.version {
            Version::V2 => writes_version_3,
            Version::V3 => {
                hash.prf != Prf::HmacSha512 || (writes_version_3 && hash.iterations < self.options.iteration_count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use serde::Deserialize;
    use wicketgate_protection::SystemRandom;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        about: String,
        hash: String,
        password: String,
        result: String,
    }

    fn goldens() -> Vec<Golden> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../conformance/goldens/password-hashes.json"
        );
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    fn hasher(compatibility_mode: CompatibilityMode, iteration_count: u32) -> PasswordHasher {
        let options = PasswordHasherOptions {
            compatibility_mode,
            iteration_count: NonZeroU32::new(iteration_count).unwrap(),
            ..PasswordHasherOptions::default()
        };
        PasswordHasher::new(options, Arc::new(SystemRandom))
    }

    /// Hands out the same bytes each time.
    #[derive(Debug)]
    struct FixedRandom(Vec<u8>);

    impl Random for FixedRandom {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }

    #[tokio::test]
    async fn recorded_hashes_verify_as_recorded() {
        let hasher = Arc::new(PasswordHasher::new(
            PasswordHasherOptions::default(),
            Arc::new(SystemRandom),
        ));
        let mut verifications = Vec::new();
        for golden in goldens() {
            let hasher = hasher.clone();
            verifications.push(tokio::spawn(async move {
                let hash = PasswordHash::from_stored(golden.hash.clone());
                let result = hasher.verify(&hash, &golden.password).await.unwrap();
                let expected = match golden.result.as_str() {
                    "Success" => PasswordVerification::Success,
                    "SuccessRehashNeeded" => PasswordVerification::SuccessRehashNeeded,
                    "Failed" | "throws FormatException" => PasswordVerification::Failed,
                    other => panic!("unknown result {other}"),
                };
                assert_eq!(result, expected, "{}: {}", golden.about, golden.hash);
            }));
        }
        assert!(verifications.len() > 70);
        for verification in verifications {
            verification.await.unwrap();
        }
    }

    #[tokio::test]
    async fn new_hashes_are_those_of_dotnet_byte_for_byte() {
        for (about, compatibility_mode) in [
            ("version 3 default", CompatibilityMode::IdentityV3),
            ("version 2", CompatibilityMode::IdentityV2),
        ] {
            for golden in goldens().iter().filter(|golden| golden.about == about) {
                let recorded = PasswordHash::from_stored(golden.hash.clone());
                let salt = DecodedHash::decode(&recorded).unwrap().salt;
                let options = PasswordHasherOptions {
                    compatibility_mode,
                    ..PasswordHasherOptions::default()
                };
                let hasher = PasswordHasher::new(options, Arc::new(FixedRandom(salt)));
                assert_eq!(hasher.hash(&golden.password).await.unwrap().as_str(), golden.hash);
            }
        }
    }

    #[tokio::test]
    async fn a_new_hash_has_the_rounds_of_the_option_and_verifies() {
        let hasher = hasher(CompatibilityMode::IdentityV3, 1_234);
        let hash = hasher.hash("Passw0rd!").await.unwrap();
        assert_eq!(DecodedHash::decode(&hash).unwrap().iterations.get(), 1_234);
        assert_eq!(
            hasher.verify(&hash, "Passw0rd!").await.unwrap(),
            PasswordVerification::Success
        );
        assert_eq!(
            hasher.verify(&hash, "passw0rd!").await.unwrap(),
            PasswordVerification::Failed
        );
    }

    #[tokio::test]
    async fn the_options_decide_what_needs_a_rehash() {
        use CompatibilityMode::{IdentityV2, IdentityV3};
        use PasswordVerification::{Success, SuccessRehashNeeded};
        for (about, mode, iterations, expected) in [
            ("version 2", IdentityV2, 100_000, Success),
            ("version 2", IdentityV3, 1, SuccessRehashNeeded),
            ("version 3, 10000 iterations", IdentityV3, 10_000, Success),
            ("version 3, 10000 iterations", IdentityV3, 10_001, SuccessRehashNeeded),
            ("version 3, 1 iterations", IdentityV2, 100_000, Success),
            ("version 3, HMACSHA1, 10000", IdentityV3, 1, SuccessRehashNeeded),
            ("version 3, HMACSHA256, 10000", IdentityV2, 1, SuccessRehashNeeded),
        ] {
            let golden = goldens().into_iter().find(|golden| golden.about == about).unwrap();
            let hash = PasswordHash::from_stored(golden.hash);
            let result = hasher(mode, iterations).verify(&hash, &golden.password).await.unwrap();
            assert_eq!(result, expected, "{about} under {mode:?} with {iterations}");
        }
    }

    #[tokio::test]
    async fn an_unknown_account_fails_whatever_the_password() {
        let hasher = hasher(CompatibilityMode::IdentityV3, 1);
        for password in ["", "Passw0rd!"] {
            assert_eq!(
                hasher.verify_unknown(password).await.unwrap(),
                PasswordVerification::Failed
            );
        }
    }
}
