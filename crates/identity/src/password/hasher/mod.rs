//! Making and verifying password hashes.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use subtle::ConstantTimeEq;
use wicketgate_pbkdf2::Prf;
use wicketgate_protection::Random;
use zeroize::Zeroizing;

use super::algorithm::PasswordAlgorithm;
use super::cost::RelativeCosts;
use super::decoded_hash::DecodedHash;
use super::pool::{HasherPool, KeyRequest};
use crate::account::PasswordHash;
use crate::error::Error;
use crate::options::PasswordHasherOptions;

/// Of new hashes, in bytes.
const SALT_LENGTH: usize = 16;
/// Of new hashes, in bytes.
const SUBKEY_LENGTH: usize = 32;

/// Makes and verifies password hashes (.NET's `PasswordHasher`).
///
/// The hashing runs on threads of its own, never on the caller's; dropping a future before it is ready takes its
/// password out of the queue. Holding one hasher for the whole process keeps the number of those threads at one for
/// each core.
#[derive(Debug)]
pub struct PasswordHasher {
    options: PasswordHasherOptions,
    random: Arc<dyn Random>,
    pool: HasherPool,
    costs: RelativeCosts,
}

/// Whether a password belongs to a hash (.NET's `PasswordVerificationResult`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordVerification {
    /// It does not.
    Failed,
    /// It does.
    Success,
    /// It does, and the hash is weaker than new ones are, or of another kind: replace it with one made now.
    SuccessRehashNeeded,
}

impl PasswordHasher {
    /// Starts the threads.
    pub fn new(options: PasswordHasherOptions, random: Arc<dyn Random>) -> Self {
        let pool = HasherPool::new(options.queue_length);
        let costs = RelativeCosts::measured();
        Self {
            options,
            random,
            pool,
            costs,
        }
    }

    /// A hash by the algorithm that the options ask for, with a salt of its own.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait already.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, Error> {
        let mut salt = vec![0; SALT_LENGTH];
        self.random.fill(&mut salt);
        let mut hash = self.new_hash(salt);
        let request = request(&hash, SUBKEY_LENGTH, password);
        hash.subkey = self.pool.derive(request).await?.to_vec();
        Ok(hash.encode())
    }

    /// Whether `password` belongs to `hash`.
    ///
    /// A hash that cannot be read answers [`PasswordVerification::Failed`], also where .NET throws a `FormatException`
    /// because it is not base64. It takes as long as one that can, and a hash that costs less than new ones takes as
    /// long as those: the rest of their rounds is done for nothing.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait already.
    pub async fn verify(&self, hash: &PasswordHash, password: &str) -> Result<PasswordVerification, Error> {
        let Some(hash) = DecodedHash::decode(hash) else {
            return self.verify_unknown(password).await;
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
        DecodedHash {
            algorithm: self.options.algorithm,
            salt,
            subkey: Vec::new(),
        }
    }

    /// The key that a password is verified with, which takes as long as that of a new hash, if it would not take longer
    /// anyway.
    async fn subkey(&self, hash: &DecodedHash, length: usize, password: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut request = request(hash, length, password);
        let cost = self.costs.rounds(&request);
        let missing = self.cost_of_new_hashes().saturating_sub(cost);
        request.extra_rounds = u32::try_from(missing).unwrap_or(u32::MAX);
        let rounds = cost + u64::from(request.extra_rounds);
        tracing::trace!(target: "wicketgate_identity::verification", rounds);
        self.pool.derive(request).await
    }

    /// In rounds of PBKDF2-HMAC-SHA512.
    fn cost_of_new_hashes(&self) -> u64 {
        let new = self.new_hash(Vec::new());
        self.costs.rounds(&request(&new, SUBKEY_LENGTH, ""))
    }

    /// .NET's rules: version 2 where version 3 is written, fewer rounds than new hashes, or another function. In version 2
    /// mode the rounds do not matter, but a function other than SHA-512 still does.
    ///
    /// Beyond .NET: argon2id is replaced where .NET's hashes are written, .NET's hashes where argon2id is, and argon2id of
    /// any other costs than new hashes, because which of two costs is the weaker one cannot be said in general.
    fn needs_rehash(&self, hash: &DecodedHash) -> bool {
        use PasswordAlgorithm::{Argon2id, IdentityV2, IdentityV3};
        match (hash.algorithm, self.options.algorithm) {
            (IdentityV2, new) => new != IdentityV2,
            (IdentityV3 { prf, .. }, IdentityV2) => prf != Prf::HmacSha512,
            (
                IdentityV3 { prf, iterations },
                IdentityV3 {
                    prf: new_prf,
                    iterations: new,
                },
            ) => prf != new_prf || iterations < new,
            (IdentityV3 { .. }, Argon2id(_)) | (Argon2id(_), IdentityV2 | IdentityV3 { .. }) => true,
            (Argon2id(costs), Argon2id(new)) => {
                costs != new || hash.salt.len() < SALT_LENGTH || hash.subkey.len() < SUBKEY_LENGTH
            }
        }
    }
}

fn request(hash: &DecodedHash, length: usize, password: &str) -> KeyRequest {
    KeyRequest {
        algorithm: hash.algorithm,
        password: Zeroizing::new(password.as_bytes().to_vec()),
        salt: hash.salt.clone(),
        length,
        extra_rounds: 0,
    }
}
