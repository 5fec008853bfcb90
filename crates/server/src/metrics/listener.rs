//! The port at which metrics are read: never that of the clients, who are not to see them.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    body::Body,
    http::{
        Method, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
    time::{sleep, timeout},
};
use wicketgate_axum::Identity;
use wicketgate_identity::observer::observe_with;
use wicketgate_protection::Clock;

use super::{
    exposition::{self, Exposition},
    instruments::Instruments,
    sources::Sources,
};

/// The only path.
const PATH: &str = "/metrics";
/// Connections at a time. Others wait until the system accepts them.
const CONNECTIONS: usize = 8;
/// How long a request's head may take.
const LONGEST_HEAD: Duration = Duration::from_secs(2);
/// How long a connection may take: it is for one request.
const LONGEST_CONNECTION: Duration = Duration::from_secs(10);
/// The least there is.
const READ_BUFFER: usize = 8 * 1024;
/// How long to wait for a descriptor when there is none left.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers `GET /metrics` until this is dropped.
#[derive(Debug)]
pub(crate) struct MetricsListener {
    task: JoinHandle<()>,
    address: SocketAddr,
}

/// What is shown.
struct Shown {
    instruments: Arc<Instruments>,
    sources: Sources,
}

impl MetricsListener {
    /// Listens at `address`, and counts from now on.
    ///
    /// # Errors
    /// The port cannot be listened at.
    pub(crate) async fn start(
        address: SocketAddr,
        identity: Arc<OnceLock<Identity>>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let instruments = Arc::new(Instruments::new());
        if !observe_with(Arc::clone(&instruments)) {
            tracing::warn!("metrics do not show what happens to accounts: the application observes it by itself");
        }
        let shown = Arc::new(Shown {
            instruments,
            sources: Sources::new(identity, clock),
        });
        let task = tokio::spawn(accept(listener, shown));
        Ok(Self { task, address })
    }

    /// The address, with the port that the system chose where 0 was asked for.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for MetricsListener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shown: Arc<Shown>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let shown = Arc::clone(&shown);
                tokio::spawn(async move {
                    // Who takes longer is cut off.
                    let _ = timeout(LONGEST_CONNECTION, serve(stream, shown)).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection for metrics");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, shown: Arc<Shown>) {
    let service = service_fn(|request: Request<Incoming>| {
        let shown = Arc::clone(&shown);
        async move { Ok::<_, Infallible>(answer(&request, &shown).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD)
        .max_buf_size(READ_BUFFER)
        .keep_alive(false);
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(error, "a connection for metrics ended early");
    }
}

async fn answer<B>(request: &Request<B>, shown: &Shown) -> Response<Body> {
    if request.uri().path() != PATH {
        return StatusCode::NOT_FOUND.into_response();
    }
    if request.method() != Method::GET {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET")]).into_response();
    }
    let mut exposition = Exposition::default();
    shown.instruments.write(&mut exposition);
    shown.sources.write(&mut exposition).await;
    let headers = [(CONTENT_TYPE, exposition::CONTENT_TYPE), (CACHE_CONTROL, "no-store")];
    (headers, exposition.into_text()).into_response()
}
