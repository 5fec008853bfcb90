//! Encrypting keys at rest.

use std::sync::Arc;

use crate::{KeyCertificate, KeyPassphrase};

/// A way to keep keys at rest so that a copy of the repository alone opens nothing.
#[derive(Debug, Clone)]
pub enum KeyEncryption {
    /// For the holder of a certificate's private key, in the form that .NET reads too.
    Certificate(Arc<KeyCertificate>),
    /// With a passphrase, in a form of our own: .NET cannot read such keys.
    Passphrase(Arc<KeyPassphrase>),
}

impl KeyEncryption {
    pub(crate) fn certificate(&self) -> Option<&KeyCertificate> {
        match self {
            Self::Certificate(certificate) => Some(certificate),
            Self::Passphrase(_) => None,
        }
    }

    pub(crate) fn passphrase(&self) -> Option<&KeyPassphrase> {
        match self {
            Self::Certificate(_) => None,
            Self::Passphrase(passphrase) => Some(passphrase),
        }
    }
}
