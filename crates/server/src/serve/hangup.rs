//! Reading certificate and keys again on SIGHUP.

use std::sync::{Arc, OnceLock};

use tokio::signal::unix::Signal;
use wicketgate_protection::KeyRing;

use super::tls::Certificates;

/// Reads again, whenever the process gets SIGHUP, what an operator may have changed beside it: the certificate, and the
/// keys, so that a key that `keys revoke` ended does not go on here until the ring's next daily reading.
pub(super) async fn reread_on_hangup(
    mut hangups: Signal,
    certificates: Option<Arc<Certificates>>,
    ring: Arc<OnceLock<Arc<KeyRing>>>,
) {
    while hangups.recv().await.is_some() {
        if let Some(certificates) = &certificates {
            certificates.reread();
        }
        // There are none yet where the database was away from the start.
        let Some(ring) = ring.get() else { continue };
        match ring.reload().await {
            Ok(()) => tracing::info!("keys reloaded"),
            Err(error) => tracing::error!(%error, "keys not reloaded: the current ones stay in use"),
        }
    }
}
