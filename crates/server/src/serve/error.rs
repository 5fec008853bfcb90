//! Why the server does not start, or did not stop in order.

use std::{io, net::SocketAddr};

use wicketgate_axum::BuildError;

use crate::{application::BoxError, email::EmailStartError, opening_error::OpeningError};

/// Why the server does not start, or did not stop in order. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// Accounts or keys cannot be opened.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// The certificate or its key cannot be used.
    #[error("{0}")]
    Tls(String),
    /// Mail cannot go out.
    #[error(transparent)]
    Email(#[from] EmailStartError),
    /// The address is taken or not this machine's.
    #[error("cannot listen on {address}: {}", reason(source))]
    Listen { address: SocketAddr, source: io::Error },
    /// The same of the address for metrics.
    #[error("cannot listen on {address} (`metrics.listen`): {}", reason(source))]
    ListenForMetrics { address: SocketAddr, source: io::Error },
    /// The Identity API cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Anybody could name the domain that passkeys are bound to for good.
    #[error(
        "passkeys are bound to a domain for good, and without one any client can choose it: set `passkeys.server_domain` to the \
         domain of your pages, such as example.com, or `public_url`, or turn passkeys off with `passkeys.enabled = false`"
    )]
    PasskeyDomain,
    /// The application could not make its router.
    #[error("the application failed to start: {0}")]
    Application(BoxError),
    /// The operating system does not tell of signals.
    #[error("cannot start: {0}")]
    Signals(#[source] io::Error),
    /// A second signal came while the server was stopping.
    #[error("stopped immediately by a second signal: requests in flight and queued mail were dropped")]
    StoppedAtOnce,
}

/// The most common one is worth plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the address is in use by another program".to_owned(),
        _ => error.to_string(),
    }
}
