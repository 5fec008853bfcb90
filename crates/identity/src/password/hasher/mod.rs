//! Creating and verifying password hashes.

#[cfg(test)]
mod pepper_tests;
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
use super::pepper::Pepper;
use super::pool::{HasherPool, KeyRequest};
use crate::account::PasswordHash;
use crate::error::Error;
use crate::options::PasswordHasherOptions;

/// Length in new hashes, in bytes.
const SALT_LENGTH: usize = 16;
/// Length in new hashes, in bytes.
const SUBKEY_LENGTH: usize = 32;

/// Creates and verifies password hashes (.NET's `PasswordHasher`).
///
/// Hashing runs on threads of its own, one for each core, never on the caller's. Dropping a future takes its password
/// out of the queue. Use one hasher for the whole process, since each starts its own threads.
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
    /// It does, but the hash is weaker than new ones, or of another kind, and should be replaced.
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

    /// How many passwords wait to be hashed.
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }

    /// Hashes a password with the algorithm that the options choose, and a new salt.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting already.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, Error> {
        let mut salt = vec![0; SALT_LENGTH];
        self.random.fill(&mut salt);
        let mut hash = self.new_hash(salt);
        let request = request(&hash, SUBKEY_LENGTH, password);
        let subkey = self.pool.derive(request).await?;
        hash.subkey = match &self.options.pepper {
            Some(pepper) => pepper.seal(&subkey).to_vec(),
            None => subkey.to_vec(),
        };
        Ok(hash.encode())
    }

    /// Whether `password` belongs to `hash`.
    ///
    /// An unreadable hash answers [`PasswordVerification::Failed`], even where .NET throws a `FormatException` because
    /// it is not base64. It takes as long as a readable one, and a hash that is cheaper than new ones is topped up with
    /// dummy rounds.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting already.
    pub async fn verify(&self, hash: &PasswordHash, password: &str) -> Result<PasswordVerification, Error> {
        let Some(hash) = DecodedHash::decode(hash) else {
            return self.verify_unknown(password).await;
        };
        let subkey = match hash.pepper {
            None => self.subkey(&hash, hash.subkey.len(), password).await?,
            Some(id) => {
                let Some(pepper) = self.options.find_pepper(id) else {
                    tracing::error!(pepper = %id, "a password hash was made with a pepper that is not there: no password matches it");
                    return self.verify_unknown(password).await;
                };
                pepper.seal(&self.subkey(&hash, SUBKEY_LENGTH, password).await?)
            }
        };
        Ok(if !bool::from(subkey.ct_eq(&hash.subkey)) {
            PasswordVerification::Failed
        } else if self.needs_rehash(&hash) {
            PasswordVerification::SuccessRehashNeeded
        } else {
            PasswordVerification::Success
        })
    }

    /// Fails after as much work as verifying a new hash: for accounts that do not exist or have no password, so that
    /// the response time does not reveal which do. (.NET answers at once.)
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting already.
    pub async fn verify_unknown(&self, password: &str) -> Result<PasswordVerification, Error> {
        let hash = self.new_hash(vec![0; SALT_LENGTH]);
        self.subkey(&hash, SUBKEY_LENGTH, password).await?;
        Ok(PasswordVerification::Failed)
    }

    /// A hash by the options' algorithm, without its subkey.
    fn new_hash(&self, salt: Vec<u8>) -> DecodedHash {
        DecodedHash {
            algorithm: self.options.algorithm,
            pepper: self.options.pepper.as_ref().map(Pepper::id),
            salt,
            subkey: Vec::new(),
        }
    }

    /// The key to verify a password with. Deriving it takes at least as long as for a new hash.
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

    /// .NET's rules: version 2 if new hashes are version 3, fewer rounds than new hashes, or another function. If new
    /// hashes are version 2, rounds do not matter, but a function other than SHA-512 still does.
    ///
    /// Beyond .NET: .NET's hashes are replaced if new ones are argon2id, and the other way round; and so is argon2id
    /// with any other costs, because there is no general order among costs; and every hash with another pepper than
    /// new ones have.
    fn needs_rehash(&self, hash: &DecodedHash) -> bool {
        use PasswordAlgorithm::{Argon2id, IdentityV2, IdentityV3};
        if hash.pepper != self.options.pepper.as_ref().map(Pepper::id) {
            return true;
        }
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
