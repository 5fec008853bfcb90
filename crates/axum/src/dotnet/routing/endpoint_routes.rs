//! ASP.NET Core's rules for the endpoints' paths; all other routes keep axum's.

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{
    attempts::Attempts,
    endpoint_finder::{Candidate, EndpointFinder},
    with_path,
};
use crate::dotnet::canonical_path;

/// A router whose endpoints are found in any case, with a trailing slash, with unnecessary escapes, and with dot segments. Where a
/// route has the path of a request as it came, that route gets it.
#[derive(Debug)]
pub(crate) struct EndpointRoutes {
    attempts: Attempts,
    endpoints: EndpointFinder,
}

impl EndpointRoutes {
    pub(crate) fn new(router: Router, prefix: &str) -> Self {
        Self {
            endpoints: EndpointFinder::new(router.clone(), prefix),
            attempts: Attempts::new(router),
        }
    }

    pub(crate) async fn answer(&self, request: Box<Request>) -> Response {
        let path = request.uri().path();
        // Kestrel refuses a path with an escaped NUL.
        let Some(canonical) = canonical_path(path) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let mut candidates = self.endpoints.candidates(&canonical);
        candidates.retain(|candidate| !candidate.is(path));
        if candidates.is_empty() {
            return self.attempts.answer(request).await;
        }
        // Boxed, so that the many requests with the right path do not pay for its size.
        Box::pin(self.answer_otherwise(request, candidates)).await
    }

    async fn answer_otherwise(&self, request: Box<Request>, candidates: Vec<Candidate>) -> Response {
        let uri = request.uri().clone();
        let mut request = match self.attempts.route(request).await {
            Ok(response) => return response,
            Err(unmatched) => unmatched,
        };
        for candidate in candidates {
            if !self.endpoints.has(&candidate).await {
                continue;
            }
            request = match self.attempts.route(with_path(request, &candidate.path())).await {
                Ok(response) => return response,
                Err(unmatched) => unmatched,
            };
        }
        *request.uri_mut() = uri;
        self.attempts.answer(request).await
    }
}
