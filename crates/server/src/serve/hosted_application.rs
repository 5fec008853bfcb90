use std::{fmt, sync::Arc};

use axum::{Router, extract::Request, response::Response};
use tower::Service;
use tracing::Instrument;
use wicketgate_axum::Pipeline;
use wicketgate_identity::UserStore;
use wicketgate_protection::Random;

use super::{
    data_rate::MinDataRate,
    early_answer, header_encoding, health, host, limits,
    request_log::{self, RequestIds, RequestLog},
    target,
};
use crate::settings::LogClientAddress;

/// An application as the server hosts it (.NET's `HostingApplication`): with probes beside it, limits before it, and for
/// each request an id and a line in the log.
pub struct HostedApplication {
    probes: Router,
    pipeline: Pipeline,
    request_ids: RequestIds,
    log_client_address: LogClientAddress,
}

impl HostedApplication {
    /// Hosts what `pipeline` answers. The probes ask `store` whether it is there.
    pub fn new(pipeline: Pipeline, store: Arc<dyn UserStore>, random: Arc<dyn Random>) -> Self {
        Self {
            probes: health::routes(store),
            pipeline,
            request_ids: RequestIds::new(random),
            log_client_address: LogClientAddress::Full,
        }
    }

    /// Logs this much of clients' addresses; by default all of it.
    pub fn log_client_address(mut self, how_much: LogClientAddress) -> Self {
        self.log_client_address = how_much;
        self
    }

    pub(super) async fn answer(&self, request: Request, rate: Option<MinDataRate>) -> Response {
        let client = || request_log::client(self.pipeline.client_address(&request), self.log_client_address);
        let log = RequestLog::start(&request, &self.request_ids, client);
        let mut response = if log.span().is_disabled() {
            self.admit(request, rate).await
        } else {
            Box::pin(self.admit(request, rate).instrument(log.span().clone())).await
        };
        log.finish(&mut response);
        response
    }

    async fn admit(&self, mut request: Request, rate: Option<MinDataRate>) -> Response {
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
    async fn route(&self, request: Request) -> Response {
        if health::PATHS.contains(&request.uri().path()) {
            let Ok(response) = Box::pin(self.probes.clone().call(request)).await;
            return response;
        }
        self.pipeline.answer(request).await
    }
}

impl fmt::Debug for HostedApplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostedApplication").finish_non_exhaustive()
    }
}
