//! The port that the server listens at.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{self, Instant},
};

use super::{
    admission::Admission,
    connection::{self, Accepted, Protocol},
    connection_limit::ConnectionLimit,
    connection_options::ConnectionOptions,
    error::ServeError,
    hosted_application::HostedApplication,
    stop_signals::StopSignals,
    tls::{self, Certificates},
    traffic::{CountedSocket, Traffic},
};
use crate::settings::Settings;

/// How long to wait for a descriptor when there is none left.
const PAUSE: Duration = Duration::from_millis(20);

/// A port that is listened at.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    pub(super) async fn bind(address: SocketAddr) -> Result<Self, ServeError> {
        let refused = |source| ServeError::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(refused)?;
        bound_unsent(&socket).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self { socket, address })
    }

    /// The address, with the port that the system chose where 0 was asked for.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts connections until the process is told to stop.
    pub(super) async fn run(
        self,
        application: Arc<HostedApplication>,
        certificates: Option<Arc<Certificates>>,
        settings: &Settings,
        descriptors: Option<usize>,
        stop: &mut StopSignals,
    ) -> OpenConnections {
        let options = Arc::new(ConnectionOptions::new(settings, certificates.is_some()));
        let mut limit = ConnectionLimit::new(settings.limits.max_connections, descriptors);
        let (closing, _) = watch::channel(false);
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = stop.recv() => break,
            };
            match accepted {
                Ok((socket, peer)) => {
                    let place = limit.place();
                    let admission = Admission::with(place.as_ref());
                    let (application, certificates) = (application.clone(), certificates.clone());
                    let (options, closing) = (options.clone(), closing.subscribe());
                    let connection = tokio::spawn(async move {
                        serve(socket, peer, admission, application, certificates, &options, closing).await;
                        drop(place);
                    });
                    if admission == Admission::ProbeOnly {
                        limit.beyond(connection.abort_handle());
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    time::sleep(PAUSE).await;
                }
            }
        }
        OpenConnections { closing }
    }
}

/// Bounds what the kernel keeps of an answer that is not on its way yet; accepted connections inherit that. Otherwise it
/// takes megabytes for each client that does not read, and nobody sees that it does not.
#[cfg(target_os = "linux")]
fn bound_unsent(socket: &TcpListener) -> io::Result<()> {
    const UNSENT: u32 = 32 * 1024;
    socket2::SockRef::from(socket).set_tcp_notsent_lowat(UNSENT)
}

#[cfg(not(target_os = "linux"))]
fn bound_unsent(_: &TcpListener) -> io::Result<()> {
    Ok(())
}

/// The connections that were open when the port closed.
#[derive(Debug)]
pub(super) struct OpenConnections {
    closing: watch::Sender<bool>,
}

impl OpenConnections {
    /// Waits for the requests in flight, but not for ever.
    pub(super) async fn finish(self, until: Instant) {
        tracing::info!("stopping: waiting for requests in flight");
        self.closing.send_replace(true);
        if time::timeout_at(until, self.closing.closed()).await.is_err() {
            tracing::warn!("requests were still in flight when the shutdown timeout ended");
        }
    }
}

/// Serves one accepted connection.
async fn serve(
    socket: TcpStream,
    peer: SocketAddr,
    admission: Admission,
    application: Arc<HostedApplication>,
    certificates: Option<Arc<Certificates>>,
    options: &ConnectionOptions,
    mut closing: watch::Receiver<bool>,
) {
    let of_probes;
    let options = match admission {
        Admission::Full => options,
        Admission::ProbeOnly => {
            of_probes = admission.options(options.clone());
            &of_probes
        }
    };
    // Answers are short; waiting to fill a packet would only delay them.
    let _ = socket.set_nodelay(true);
    let traffic = Arc::<Traffic>::default();
    let socket = CountedSocket::new(socket, Arc::clone(&traffic));
    let accepted = |protocol| Accepted {
        peer,
        protocol,
        admission,
        traffic,
    };
    match certificates {
        Some(certificates) => {
            let handshake = tls::accept(&certificates, socket, options.times.headers);
            if let Some(Ok((stream, protocol))) = before_closing(handshake, &mut closing).await {
                connection::serve(stream, accepted(protocol), application, options, closing).await;
            }
        }
        None => connection::serve(socket, accepted(Protocol::Detect), application, options, closing).await,
    }
}

/// The outcome, unless the server stops first: who has not sent a request yet has nothing in flight.
async fn before_closing<T>(outcome: impl Future<Output = T>, closing: &mut watch::Receiver<bool>) -> Option<T> {
    tokio::select! {
        outcome = outcome => Some(outcome),
        () = connection::until_closing(closing) => None,
    }
}
