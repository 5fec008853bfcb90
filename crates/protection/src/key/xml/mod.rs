//! The elements of a key ring as XML, in the form of .NET's `XmlKeyManager`.

mod document;
mod read;
mod write;

use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) use self::document::{XmlError, document};
pub(crate) use self::read::parse;
pub(crate) use self::write::{
    key_name, revocation_name, write_encrypted_master_key, write_key, write_master_key, write_revocation,
};
use crate::key::Key;

/// The content of one element of a ring.
#[derive(Debug)]
pub(crate) enum RingElement {
    Key(Key),
    Revocation(Revocation),
    /// An element that is unknown to .NET too, and skipped.
    Unknown(String),
}

/// The keys that a revocation revokes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revocation {
    One(Uuid),
    AllCreatedBefore(OffsetDateTime),
}

/// Why an element could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ElementError {
    #[error("no XML: {0}")]
    NotXml(#[from] XmlError),
    #[error("a key without a well-formed {0}")]
    Key(&'static str),
    /// Worse than a lost key: a revoked key might be used.
    #[error("a revocation without a well-formed {0}")]
    Revocation(&'static str),
}

/// The type that .NET records as the reader of secrets encrypted for a certificate.
const CERTIFICATE_DECRYPTOR: &str = "Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlDecryptor";
/// The reader of secrets encrypted with a passphrase. No .NET assembly has this type.
const PASSPHRASE_DECRYPTOR: &str = "Wicketgate.Protection.PassphraseXmlDecryptor";
