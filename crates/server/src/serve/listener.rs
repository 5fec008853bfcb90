use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time,
};

use super::{
    HostedApplication,
    connection::{self, ConnectionOptions, Protocol},
    stop_signals::StopSignals,
    tls::{self, Certificates},
};
use crate::{commands::CommandError, settings::Settings};

/// How a connection of HTTP/2 without TLS begins; no request of HTTP/1.1 does.
const HTTP2_PREFACE: &[u8] = b"PRI ";
/// How long to wait for the rest of a preface, and for a descriptor when there is none left.
const PAUSE: Duration = Duration::from_millis(20);

/// A port that is listened at.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    pub(super) async fn bind(address: SocketAddr) -> Result<Self, CommandError> {
        let refused = |source| CommandError::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self { socket, address })
    }

    /// The address, with the port that the system chose where 0 was asked for.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts connections until the process is told to stop, then waits for the requests in flight, but not for ever.
    pub(super) async fn run(
        self,
        application: Arc<HostedApplication>,
        certificates: Option<Arc<Certificates>>,
        settings: &Settings,
        mut stop: StopSignals,
    ) {
        let options = ConnectionOptions {
            is_secure: certificates.is_some(),
            headers_timeout: settings.request_headers_timeout.unsigned_abs(),
        };
        let (closing, _) = watch::channel(false);
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = stop.recv() => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let (application, certificates) = (application.clone(), certificates.clone());
                    let (options, closing) = (options.clone(), closing.subscribe());
                    tokio::spawn(serve(stream, peer, application, certificates, options, closing));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    time::sleep(PAUSE).await;
                }
            }
        }
        drop(self.socket);
        tracing::info!("stopping: finishing the requests in flight");
        closing.send_replace(true);
        if time::timeout(settings.shutdown_timeout.unsigned_abs(), closing.closed())
            .await
            .is_err()
        {
            tracing::warn!("requests were still in flight when the server had to stop");
        }
    }
}

/// Serves one accepted connection.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    application: Arc<HostedApplication>,
    certificates: Option<Arc<Certificates>>,
    options: ConnectionOptions,
    mut closing: watch::Receiver<bool>,
) {
    // Answers are short; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let timeout = options.headers_timeout;
    match certificates {
        Some(certificates) => {
            let handshake = tls::accept(&certificates, stream, timeout);
            if let Some(Ok((stream, protocol))) = before_closing(handshake, &mut closing).await {
                connection::serve(stream, protocol, application, peer, &options, closing).await;
            }
        }
        None => {
            let protocol = time::timeout(timeout, protocol(&stream));
            if let Some(Ok(Ok(protocol))) = before_closing(protocol, &mut closing).await {
                connection::serve(stream, protocol, application, peer, &options, closing).await;
            }
        }
    }
}

/// The outcome, unless the server stops first: who has not sent a request yet has nothing in flight.
async fn before_closing<T>(outcome: impl Future<Output = T>, closing: &mut watch::Receiver<bool>) -> Option<T> {
    tokio::select! {
        outcome = outcome => Some(outcome),
        () = connection::until_closing(closing) => None,
    }
}

/// What the client begins to speak. The bytes stay unread.
async fn protocol(stream: &TcpStream) -> io::Result<Protocol> {
    let mut start = [0; HTTP2_PREFACE.len()];
    loop {
        let length = stream.peek(&mut start).await?;
        if length == start.len() && start == HTTP2_PREFACE {
            return Ok(Protocol::Http2);
        }
        if length == 0 || !HTTP2_PREFACE.starts_with(&start[..length]) {
            return Ok(Protocol::Http1);
        }
        time::sleep(PAUSE).await;
    }
}
