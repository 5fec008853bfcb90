//! The elements of a key ring as XML, in the form of .NET's `XmlKeyManager`.

mod read;
mod write;

use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) use self::read::parse;
pub(crate) use self::write::{
    key_name, revocation_name, write_encrypted_master_key, write_key, write_master_key, write_revocation,
};
use crate::key::Key;

/// What one element of a ring says.
#[derive(Debug)]
pub(crate) enum RingElement {
    Key(Key),
    Revocation(Revocation),
    /// Something that .NET does not know either, and skips.
    Unknown(String),
}

/// Which keys may no longer be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revocation {
    One(Uuid),
    AllCreatedBefore(OffsetDateTime),
}

/// Why an element could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ElementError {
    #[error("no XML: {0}")]
    NotXml(#[from] roxmltree::Error),
    #[error("a key without a well-formed {0}")]
    Key(&'static str),
    /// Worse than a lost key: going on would use what was revoked.
    #[error("a revocation without a well-formed {0}")]
    Revocation(&'static str),
}

/// What .NET notes as the reader of secrets that are encrypted for a certificate.
const CERTIFICATE_DECRYPTOR: &str = "Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlDecryptor";
/// The reader of secrets that are encrypted with a passphrase. No .NET assembly has such a type.
const PASSPHRASE_DECRYPTOR: &str = "Wicketgate.Protection.PassphraseXmlDecryptor";
