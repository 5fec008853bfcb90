//! Serving one connection.

#[cfg(test)]
mod tests;

use std::{
    convert::Infallible,
    future::poll_fn,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    task::{Poll, ready},
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::header::STRICT_TRANSPORT_SECURITY,
    response::{IntoResponse, Response},
};
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

use super::{
    admission::Admission,
    connection_options::ConnectionOptions,
    hosted_application::HostedApplication,
    limits, request_log,
    timeouts::{Expired, Timeouts},
    traffic::{Exchange, Traffic},
};
use crate::settings::Settings;

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// What the client begins with.
    Detect,
    Http1,
    Http2,
}

/// A connection that was accepted.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) peer: SocketAddr,
    pub(super) protocol: Protocol,
    pub(super) admission: Admission,
    pub(super) traffic: Arc<Traffic>,
}

/// Serves one connection of HTTP/1.1 as the server does, until the client closes it: for tests that need no network.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    application: Arc<HostedApplication>,
    peer: SocketAddr,
) {
    let (_open, closing) = watch::channel(false);
    let accepted = Accepted {
        peer,
        protocol: Protocol::Http1,
        admission: Admission::Full,
        traffic: Arc::default(),
    };
    let options = ConnectionOptions::new(&Settings::default(), false);
    serve(stream, accepted, application, &options, closing).await;
}

/// Serves one connection until the client closes it or takes too long, or until `closing` and the request in flight is
/// answered.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    accepted: Accepted,
    application: Arc<HostedApplication>,
    options: &ConnectionOptions,
    mut closing: watch::Receiver<bool>,
) {
    let Accepted {
        peer,
        protocol,
        admission,
        traffic,
    } = accepted;
    let (is_secure, hsts, request_bodies) = (options.is_secure, options.hsts.clone(), options.request_bodies);
    let traffic_of_requests = Arc::clone(&traffic);
    let service = service_fn(move |request: Request<Incoming>| {
        let exchange = Exchange::begin(&traffic_of_requests, request.version());
        // In a box, because many futures hand it on.
        let mut request = Box::new(request.map(Body::new));
        request.extensions_mut().insert(ConnectInfo(peer));
        if is_secure {
            request.extensions_mut().insert(wicketgate_axum::network::Tls);
        }
        let (application, hsts) = (application.clone(), hsts.clone());
        async move {
            let mut response: Response = match admission.refusal(&request, &application) {
                None => application.answer(request, request_bodies).await,
                Some(refusal) => application.refuse(request, refusal.into_response()).await,
            };
            admission.finish(&mut response);
            if let Some(hsts) = hsts {
                response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, hsts);
            }
            Ok::<_, Infallible>(response.map(|body| exchange.answer(body)))
        }
    });
    let builder = builder(protocol, options);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut timeouts = Timeouts::new(&options.times, &traffic);
    let mut stopped = pin!(until_closing(&mut closing));
    let mut is_ending = false;
    let end = poll_fn(|context| {
        loop {
            if let Poll::Ready(result) = connection.as_mut().poll(context) {
                return Poll::Ready(End::Served(result));
            }
            let is_stopped = !is_ending && stopped.as_mut().poll(context).is_ready();
            if !is_stopped {
                match ready!(timeouts.poll(context)) {
                    Expired::KeepAlive if !is_ending => {}
                    what => return Poll::Ready(End::TimedOut(what)),
                }
            }
            is_ending = true;
            connection.as_mut().graceful_shutdown();
            timeouts.end();
        }
    });
    let client = || request_log::client(Some(peer.ip()), options.log_client_address);
    match end.await {
        End::Served(Ok(())) => {}
        End::Served(Err(error)) => {
            tracing::debug!(client = client().map(tracing::field::display), %error, "connection closed")
        }
        End::TimedOut(what) => {
            if what == Expired::Response {
                traffic.abort();
            }
            tracing::debug!(client = client().map(tracing::field::display), waited_for = ?what, "connection closed: the client was too slow");
        }
    }
}

/// How a connection ended.
enum End<E> {
    Served(Result<(), E>),
    TimedOut(Expired),
}

/// Returns when the server stops. An error means that nobody is left to say so, which is the end as well.
pub(super) async fn until_closing(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

fn builder(protocol: Protocol, options: &ConnectionOptions) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = match protocol {
        Protocol::Detect => builder,
        Protocol::Http1 => builder.http1_only(),
        Protocol::Http2 => builder.http2_only(),
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        // `Timeouts` has this one, and tells it from the wait for the next request.
        .header_read_timeout(None)
        // Most responses are small, and one `send` of such costs less than a `writev` of its parts.
        .writev(false)
        .max_buf_size(limits::BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(options.times.headers)
        .keep_alive_timeout(options.times.headers)
        .max_header_list_size(u32::try_from(limits::BUFFER).unwrap_or(u32::MAX))
        .max_concurrent_streams(limits::HTTP2_STREAMS)
        .initial_stream_window_size(limits::HTTP2_STREAM_WINDOW)
        .initial_connection_window_size(limits::HTTP2_CONNECTION_WINDOW)
        .max_send_buf_size(limits::HTTP2_SEND_BUFFER)
        .max_pending_accept_reset_streams(limits::HTTP2_PENDING_RESETS)
        .max_local_error_reset_streams(limits::HTTP2_ERROR_RESETS);
    builder
}
