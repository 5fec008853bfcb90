//! Certificates that encrypt keys at rest.

use std::fmt;

use aws_lc_rs::{
    digest::{SHA1_FOR_LEGACY_USE_ONLY, digest},
    encoding::{AsDer, PublicKeyX509Der},
    rsa::{Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey, PrivateDecryptingKey},
};
use data_encoding::HEXUPPER;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// An RSA certificate and its private key, which encrypt keys at rest (.NET's `ProtectKeysWithCertificate` and
/// `UnprotectKeysWithAnyCertificate`).
pub struct KeyCertificate {
    certificate: CertificateDer<'static>,
    encrypting: Pkcs1PublicEncryptingKey,
    decrypting: Pkcs1PrivateDecryptingKey,
}

/// Why a certificate cannot encrypt keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyCertificateError {
    /// `BEGIN CERTIFICATE` is missing or damaged.
    #[error("no certificate in PEM form")]
    NoCertificate,
    /// `BEGIN PRIVATE KEY` (PKCS#8) is missing or damaged.
    #[error("no private key in PEM form (PKCS#8, unencrypted)")]
    NoPrivateKey,
    /// .NET encrypts keys with RSA only.
    #[error("the private key is not an RSA key of 2048 to 8192 bits")]
    NotRsa,
    /// The certificate and the private key do not belong together.
    #[error("the certificate does not belong to the private key")]
    OfAnotherKey,
}

impl KeyCertificate {
    /// Reads the PEM texts of the certificate (the first of a chain) and of the private key in PKCS#8. Both may be in
    /// one text.
    ///
    /// # Errors
    /// [`KeyCertificateError`] if either cannot be used.
    pub fn from_pem(certificate: &str, private_key: &str) -> Result<Self, KeyCertificateError> {
        let certificate =
            CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|_| KeyCertificateError::NoCertificate)?;
        let private_key = PrivatePkcs8KeyDer::from_pem_slice(private_key.as_bytes())
            .map_err(|_| KeyCertificateError::NoPrivateKey)?;
        let private_key = PrivateDecryptingKey::from_pkcs8(private_key.secret_pkcs8_der())
            .map_err(|_| KeyCertificateError::NotRsa)?;
        let public_key = private_key.public_key();
        let public_key_der: PublicKeyX509Der<'_> = public_key.as_der().map_err(|_| KeyCertificateError::NotRsa)?;
        // A certificate contains its public key in exactly this form, so there is no need to parse it.
        let public_key_der = public_key_der.as_ref();
        if !certificate
            .windows(public_key_der.len())
            .any(|part| part == public_key_der)
        {
            return Err(KeyCertificateError::OfAnotherKey);
        }
        Ok(Self {
            certificate: certificate.into_owned(),
            encrypting: Pkcs1PublicEncryptingKey::new(public_key).map_err(|_| KeyCertificateError::NotRsa)?,
            decrypting: Pkcs1PrivateDecryptingKey::new(private_key).map_err(|_| KeyCertificateError::NotRsa)?,
        })
    }

    /// The certificate's bytes, which are stored with encrypted keys.
    pub(crate) fn der(&self) -> &[u8] {
        &self.certificate
    }

    /// Encrypts with RSA and PKCS#1 version 1.5 padding, as .NET's `EncryptedXml` does; `None` if the library fails.
    pub(crate) fn encrypt(&self, plaintext: &[u8]) -> Option<Vec<u8>> {
        let mut ciphertext = vec![0; self.encrypting.ciphertext_size()];
        let length = self.encrypting.encrypt(plaintext, &mut ciphertext).ok()?.len();
        ciphertext.truncate(length);
        Some(ciphertext)
    }

    /// The reverse of [`encrypt`](Self::encrypt).
    pub(crate) fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut plaintext = Zeroizing::new(vec![0; self.decrypting.min_output_size()]);
        let length = self.decrypting.decrypt(ciphertext, &mut plaintext).ok()?.len();
        plaintext.truncate(length);
        Some(plaintext)
    }
}

impl fmt::Debug for KeyCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCertificate")
            .field("fingerprint", &fingerprint(&self.certificate))
            .finish_non_exhaustive()
    }
}

/// .NET's `X509Certificate2.Thumbprint`: SHA-1, by which people find a certificate and nothing is proven.
pub(crate) fn thumbprint(certificate: &[u8]) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
    HEXUPPER.encode(hash.as_ref())
}

/// The SHA-256 fingerprint, as `openssl x509 -fingerprint -sha256` shows it.
pub(crate) fn fingerprint(certificate: &[u8]) -> String {
    let bytes: Vec<String> = Sha256::digest(certificate)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    bytes.join(":")
}
