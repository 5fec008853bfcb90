//! HTTPS with a certificate from files, which can be renewed while the server runs.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::time;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{connection::Protocol, error::ServeError, traffic::CountedSocket};
use crate::settings::TlsSettings;

/// The certificate and key in use.
#[derive(Debug)]
pub(super) struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    current: ArcSwap<ServerConfig>,
}

impl Certificates {
    /// Reads the files that the settings name, if they name any.
    pub(super) fn read(settings: &TlsSettings) -> Result<Option<Arc<Self>>, ServeError> {
        let (Some(certificate), Some(key)) = (&settings.certificate, &settings.key) else {
            return Ok(None);
        };
        let (certificate, key) = (certificate.clone(), key.clone());
        let current = ArcSwap::new(config(&certificate, &key).map_err(ServeError::Tls)?);
        Ok(Some(Arc::new(Self {
            certificate,
            key,
            current,
        })))
    }

    /// Reads the files again. Bad files change nothing: a server with yesterday's certificate is better than none.
    pub(super) fn reread(&self) {
        match config(&self.certificate, &self.key) {
            Ok(config) => {
                self.current.store(config);
                tracing::info!("certificate reloaded");
            }
            Err(error) => tracing::error!(error, "certificate not reloaded: the current one stays in use"),
        }
    }
}

/// Makes a connection secure, and tells what the client wants to speak on it.
pub(super) async fn accept(
    certificates: &Certificates,
    socket: CountedSocket,
    timeout: Duration,
) -> io::Result<(TlsStream<CountedSocket>, Protocol)> {
    let acceptor = TlsAcceptor::from(certificates.current.load_full());
    let stream = time::timeout(timeout, acceptor.accept(socket)).await??;
    let protocol = match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Protocol::Http2,
        _ => Protocol::Http1,
    };
    Ok((stream, protocol))
}

/// One line on what is wrong, naming the file and never showing what is in it.
fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| format!("cannot read `tls.certificate` {}: {error}", certificate.display()))?;
    if chain.is_empty() {
        return Err(format!(
            "`tls.certificate` {} has no certificate",
            certificate.display()
        ));
    }
    let private_key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("cannot read `tls.key` {}: {error}", key.display()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private_key))
        .map_err(|error| {
            format!(
                "`tls.certificate` {} and `tls.key` {}: {error}",
                certificate.display(),
                key.display()
            )
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
