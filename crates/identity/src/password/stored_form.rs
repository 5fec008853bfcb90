//! How a stored hash was made.

use std::fmt;

use super::algorithm::{PasswordAlgorithm, UnreadableHash};
use super::decoded_hash::DecodedHash;
use super::pepper::PepperId;
use crate::account::PasswordHash;

/// How a stored hash was made, without checking any password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoredForm {
    /// The algorithm.
    pub algorithm: PasswordAlgorithm,
    /// The pepper, if one is needed to verify it.
    pub pepper: Option<PepperId>,
}

impl StoredForm {
    /// The form of this hash.
    ///
    /// # Errors
    /// [`UnreadableHash`] if the hash matches no password.
    pub fn of(hash: &PasswordHash) -> Result<Self, UnreadableHash> {
        let hash = DecodedHash::decode(hash).ok_or(UnreadableHash)?;
        Ok(Self {
            algorithm: hash.algorithm,
            pepper: hash.pepper,
        })
    }
}

impl fmt::Display for StoredForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.algorithm)?;
        match self.pepper {
            Some(id) => write!(f, ", with the pepper {id}, which ASP.NET Core cannot read"),
            None => Ok(()),
        }
    }
}
