//! Encrypting keys at rest.

use std::sync::Arc;

use crate::{KeyCertificate, KeyPassphrase};

/// How keys are encrypted at rest, so that a copy of the repository alone is useless.
#[derive(Debug, Clone)]
pub enum KeyEncryption {
    /// For a certificate, in .NET's format.
    Certificate(Arc<KeyCertificate>),
    /// With a passphrase, in a format of our own: .NET cannot read such keys.
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
