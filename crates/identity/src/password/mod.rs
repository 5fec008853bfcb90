//! Passwords: hashing and verifying them, and the rules for them.

mod algorithm;
mod argon2id;
mod blocklist;
mod breach_corpus;
mod context_words;
mod cost;
mod decoded_hash;
mod hasher;
mod pepper;
pub(crate) mod pool;
pub(crate) mod rules;
mod stored_form;

pub use self::algorithm::{PasswordAlgorithm, UnreadableHash};
pub use self::argon2id::{Argon2idCosts, InvalidArgon2idCosts};
pub use self::breach_corpus::BreachCorpus;
pub use self::hasher::{PasswordHasher, PasswordVerification};
pub use self::pepper::{Pepper, PepperId, PepperTooShort};
pub use self::stored_form::StoredForm;
