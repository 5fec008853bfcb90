//! The application, with what the server adds to each request.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use wicketgate_axum::pipeline::Pipeline;
use wicketgate_identity::Stores;
use wicketgate_protection::Random;

use super::{
    busy::Busy,
    data_rate::MinDataRate,
    early_answer, header_encoding,
    health::Probes,
    host, limits,
    request_log::{self, RequestIds, RequestLog},
    target,
};
use crate::settings::LogClientAddress;

/// An application as the server hosts it (.NET's `HostingApplication`): with probes beside it, limits before it, and for
/// each request an id and a line in the log.
pub struct HostedApplication {
    probes: Probes,
    /// Empty until there is something to host.
    pipeline: OnceLock<Pipeline>,
    request_ids: RequestIds,
    log_client_address: LogClientAddress,
}

impl HostedApplication {
    /// Hosts what `pipeline` answers. The probes ask `store` whether it is there.
    pub fn new(pipeline: Pipeline, store: Arc<dyn Stores>, random: Arc<dyn Random>) -> Self {
        let hosted = Self::awaiting(pipeline.prefix(), random);
        hosted.host(pipeline, store);
        hosted
    }

    /// Answers 503 until there is something to host; only `/healthz` is answered with 200, also under this prefix.
    pub(super) fn awaiting(prefix: &str, random: Arc<dyn Random>) -> Self {
        Self {
            probes: Probes::new(prefix),
            pipeline: OnceLock::new(),
            request_ids: RequestIds::new(random),
            log_client_address: LogClientAddress::Full,
        }
    }

    /// From now on requests are answered by `pipeline`, and the probes ask `store` whether it is there.
    pub(super) fn host(&self, pipeline: Pipeline, store: Arc<dyn Stores>) {
        self.probes.ask(store);
        let _ = self.pipeline.set(pipeline);
    }

    /// Logs this much of clients' addresses; by default all of it.
    pub fn log_client_address(mut self, how_much: LogClientAddress) -> Self {
        self.log_client_address = how_much;
        self
    }

    /// Whether it asks for the server's health.
    pub(super) fn is_probe<B>(&self, request: &Request<B>) -> bool {
        self.probes.has(request.uri().path())
    }

    /// A refusal that a page of another origin can read, if the application lets it read answers.
    pub(super) async fn refuse(&self, request: Box<Request>, refusal: Response) -> Response {
        match self.pipeline.get() {
            Some(pipeline) => Box::pin(pipeline.answer_in_place(request, refusal)).await,
            None => refusal,
        }
    }

    pub(super) async fn answer(&self, request: Box<Request>, rate: Option<MinDataRate>) -> Response {
        let client = request_log::client(self.client_address(&request), self.log_client_address);
        let log = RequestLog::start(&request, &self.request_ids, client);
        let mut response = log.context().scope(self.answer_in_context(request, rate, &log)).await;
        log.name_id(&mut response);
        response
    }

    async fn answer_in_context(&self, request: Box<Request>, rate: Option<MinDataRate>, log: &RequestLog) -> Response {
        let response = self.admit(request, rate).await;
        log.write(&response);
        response
    }

    async fn admit(&self, mut request: Box<Request>, rate: Option<MinDataRate>) -> Response {
        let refusal = limits::refusal(&request)
            .or_else(|| target::refusal(&request))
            .or_else(|| host::refusal(&request))
            .or_else(|| header_encoding::refusal(&request));
        if let Some(refusal) = refusal {
            return refusal;
        }
        host::unify(&mut request);
        early_answer::finish_body(request, rate, |request| self.route(request)).await
    }

    /// Probes come before authentication, and before ASP.NET Core's rules for paths: orchestrators ask in plain words.
    async fn route(&self, request: Box<Request>) -> Response {
        if self.is_probe(&request) {
            return Box::pin(self.probes.answer(*request)).await;
        }
        match self.pipeline.get() {
            Some(pipeline) => pipeline.answer(request).await,
            None => Busy.into_response(),
        }
    }

    /// As far as it can be told without the application, which knows the proxies.
    fn client_address(&self, request: &Request) -> Option<IpAddr> {
        match self.pipeline.get() {
            Some(pipeline) => pipeline.client_address(request),
            None => Some(request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip()),
        }
    }
}

impl fmt::Debug for HostedApplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostedApplication").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use wicketgate_protection::SeededRandom;

    use super::*;

    /// Connections move the future of each request several times. It once had 37 kB, which were most of a request's cost.
    #[test]
    fn the_future_of_a_request_is_small() {
        let application = HostedApplication::awaiting("", Arc::new(SeededRandom::new(1)));
        let future = application.answer(Box::new(Request::new(Body::empty())), None);
        let size = size_of_val(&future);
        assert!(size <= 2_048, "{size} bytes");
    }
}
