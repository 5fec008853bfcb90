//! A payload's form and cryptography.

pub mod base64_text;
pub(crate) mod cbc;
pub(crate) mod encryptor;
pub(crate) mod gcm;
pub(crate) mod header;
pub(crate) mod purposes;
pub(crate) mod subkeys;
