//! Which certificate authorities may vouch for the mail server.

use std::path::Path;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls::pki_types::{CertificateDer, pem::PemObject};

/// Why the authorities cannot be known. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("cannot prepare TLS for the mail server: {0}")]
    Tls(String),
    #[error("cannot read `email.ca_file` {path}: {source}")]
    CaFile { path: String, source: std::io::Error },
    #[error("`email.ca_file` {path} contains no PEM certificate")]
    NoCa { path: String },
}

/// TLS with this host. Trusted are the authorities in `ca_file` and no others; without a file those of the system, or, where
/// it has none, Mozilla's as they were when this was built.
pub(super) async fn parameters(host: String, ca_file: Option<&Path>) -> Result<TlsParameters, TrustError> {
    let builder = TlsParameters::builder(host);
    let builder = match ca_file {
        Some(path) => {
            let authorities = read(path).await?;
            authorities.into_iter().fold(
                builder.certificate_store(CertificateStore::None),
                |builder, authority| builder.add_root_certificate(authority),
            )
        }
        None if rustls_native_certs::load_native_certs().certs.is_empty() => {
            builder.certificate_store(CertificateStore::WebpkiRoots)
        }
        None => builder.certificate_store(CertificateStore::Default),
    };
    builder.build().map_err(|error| TrustError::Tls(error.to_string()))
}

async fn read(path: &Path) -> Result<Vec<Certificate>, TrustError> {
    let shown = || path.display().to_string();
    let text = tokio::fs::read(path)
        .await
        .map_err(|source| TrustError::CaFile { path: shown(), source })?;
    let authorities: Option<Vec<_>> = CertificateDer::pem_slice_iter(&text)
        .map(|certificate| Certificate::from_der(certificate.ok()?.to_vec()).ok())
        .collect();
    authorities
        .filter(|authorities| !authorities.is_empty())
        .ok_or_else(|| TrustError::NoCa { path: shown() })
}
