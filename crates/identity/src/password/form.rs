//! Recognising the form of a stored hash.

use std::{fmt, num::NonZeroU32};

use wicketgate_pbkdf2::Prf;

use super::argon2id::Argon2idCosts;
use super::decoded_hash::{DecodedHash, Form};
use crate::PasswordHash;

/// Which form a stored hash has, without looking at any password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordHashForm {
    /// Version 2 of ASP.NET Identity: PBKDF2-HMAC-SHA1, 1,000 rounds.
    Version2,
    /// Version 3, with the function and the rounds that stand in the hash.
    Version3 {
        /// The function under PBKDF2.
        prf: Prf,
        /// Rounds of PBKDF2.
        iterations: NonZeroU32,
    },
    /// Argon2id, with what stands in the hash; ASP.NET Core cannot read it.
    Argon2id(Argon2idCosts),
    /// No password can match: of no form that is known here, damaged, or of costs beyond all bounds.
    Unreadable,
}

impl PasswordHashForm {
    /// The form of `hash`.
    pub fn of(hash: &PasswordHash) -> Self {
        match DecodedHash::decode(hash) {
            None => Self::Unreadable,
            Some(hash) => match hash.form {
                Form::V2 => Self::Version2,
                Form::V3 { prf, iterations } => Self::Version3 { prf, iterations },
                Form::Argon2id(costs) => Self::Argon2id(costs),
            },
        }
    }
}

impl fmt::Display for PasswordHashForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version2 => f.write_str("version 2"),
            Self::Version3 { prf, iterations } => {
                let function = match prf {
                    Prf::HmacSha1 => "HMAC-SHA1",
                    Prf::HmacSha256 => "HMAC-SHA256",
                    Prf::HmacSha512 => "HMAC-SHA512",
                };
                write!(f, "version 3, {function}, {iterations} rounds")
            }
            Self::Argon2id(costs) => write!(f, "argon2id, {costs}, which ASP.NET Core cannot read"),
            Self::Unreadable => f.write_str("not readable"),
        }
    }
}
