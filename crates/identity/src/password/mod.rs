//! Passwords: hashing and verifying them, and the rules for them.

mod algorithm;
mod argon2id;
mod cost;
mod decoded_hash;
mod hasher;
pub(crate) mod pool;
pub(crate) mod rules;

pub use self::algorithm::{PasswordAlgorithm, UnreadableHash};
pub use self::argon2id::{Argon2idCosts, InvalidArgon2idCosts};
pub use self::hasher::{PasswordHasher, PasswordVerification};
