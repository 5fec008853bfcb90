//! ASP.NET Core's rules for the paths of the endpoints. All other routes keep axum's.

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{attempts::Attempts, canonical_path};
use crate::Endpoint;

/// A router whose endpoints are found in any case, with one closing slash, with escapes that are not needed, and behind dot
/// segments. A request whose path some route has as it came goes there.
#[derive(Debug)]
pub(crate) struct EndpointRoutes {
    attempts: Attempts,
    /// What the [`Identity`](crate::Identity) puts before the endpoints' paths.
    prefix: String,
}

impl EndpointRoutes {
    pub(crate) fn new(router: Router, prefix: &str) -> Self {
        Self {
            attempts: Attempts::new(router),
            prefix: prefix.to_owned(),
        }
    }

    pub(crate) async fn answer(&self, request: Box<Request>) -> Response {
        match self.spellings(request.uri().path()) {
            Err(NoPath) => StatusCode::BAD_REQUEST.into_response(),
            Ok(spellings) if spellings.is_empty() => self.attempts.answer(request).await,
            // In a box, so that the many requests whose path is right carry no room for this.
            Ok(spellings) => Box::pin(self.answer_otherwise(request, &spellings)).await,
        }
    }

    async fn answer_otherwise(&self, request: Box<Request>, spellings: &[String]) -> Response {
        let uri = request.uri().clone();
        let answered = match self.attempts.route(request).await {
            Ok(response) => Ok(response),
            Err(unmatched) => self.attempts.route_as(unmatched, spellings).await,
        };
        match answered {
            Ok(response) => response,
            Err(mut request) => {
                *request.uri_mut() = uri;
                self.attempts.answer(request).await
            }
        }
    }

    /// How the path of an endpoint may be written that came in another spelling; none for all other paths.
    fn spellings(&self, path: &str) -> Result<Vec<String>, NoPath> {
        let canonical = canonical_path(path).ok_or(NoPath)?;
        let Some((base, endpoint)) = Endpoint::at_end_of(&canonical) else {
            return Ok(Vec::new());
        };
        let bases = match base.eq_ignore_ascii_case(&self.prefix) {
            true => vec![self.prefix.clone()],
            false => vec![base.to_owned(), base.to_ascii_lowercase()],
        };
        let mut spellings: Vec<_> = bases.iter().map(|base| format!("{base}{}", endpoint.path())).collect();
        spellings.dedup();
        spellings.retain(|other| other != path);
        Ok(spellings)
    }
}

/// An escaped NUL, which Kestrel takes for no path.
#[derive(Debug)]
struct NoPath;
