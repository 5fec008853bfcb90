use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};

use super::{HostedApplication, limits};
use crate::settings::Settings;

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// What all connections of a server have in common.
#[derive(Debug, Clone)]
pub(super) struct ConnectionOptions {
    pub(super) is_secure: bool,
    pub(super) headers_timeout: Duration,
}

/// Serves one connection of HTTP/1.1 as the server does, until the client closes it: for tests that need no network.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    application: Arc<HostedApplication>,
    peer: SocketAddr,
) {
    let (_open, closing) = watch::channel(false);
    let options = ConnectionOptions {
        is_secure: false,
        headers_timeout: Settings::default().request_headers_timeout.unsigned_abs(),
    };
    serve(stream, Protocol::Http1, application, peer, &options, closing).await;
}

/// Serves one connection until the client closes it, or until `closing` and the request in flight is answered.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    protocol: Protocol,
    application: Arc<HostedApplication>,
    peer: SocketAddr,
    options: &ConnectionOptions,
    mut closing: watch::Receiver<bool>,
) {
    let is_secure = options.is_secure;
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        if is_secure {
            request.extensions_mut().insert(wicketgate_axum::Tls);
        }
        let application = application.clone();
        async move { Ok::<_, Infallible>(application.answer(request).await) }
    });
    let builder = builder(protocol, options.headers_timeout);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = until_closing(&mut closing) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%peer, %error, "connection ended");
    }
}

/// Returns when the server stops. An error means that nobody is left to say so, which is the end as well.
pub(super) async fn until_closing(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

fn builder(protocol: Protocol, headers_timeout: Duration) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = match protocol {
        Protocol::Http1 => builder.http1_only(),
        Protocol::Http2 => builder.http2_only(),
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(headers_timeout)
        .max_buf_size(limits::BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(headers_timeout)
        .keep_alive_timeout(headers_timeout)
        .max_header_list_size(u32::try_from(limits::BUFFER).unwrap_or(u32::MAX));
    builder
}
