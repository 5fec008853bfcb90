//! Keys that are encrypted at rest with a passphrase.
//!
//! The key in `passphrase_at_rest` is the one of the golden ring `aes-256-cbc-hmacsha256`, encrypted by Python's
//! `argon2-cffi` and `cryptography`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

mod form;
mod keys;
mod other_passphrases;
mod tampering;
