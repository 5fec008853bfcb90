//! Where in an application's router the endpoints are.

use axum::Router;

use super::route_finder::RouteFinder;
use crate::Endpoint;

/// Finds the endpoint that a differently spelled path means, and no other route.
#[derive(Debug)]
pub(super) struct EndpointFinder {
    routes: RouteFinder,
    /// What the endpoints' paths begin with by configuration.
    prefix: String,
}

/// A path that may be an endpoint's.
#[derive(Debug)]
pub(super) struct Candidate {
    base: String,
    endpoint: Endpoint,
}

impl Candidate {
    pub(super) fn path(&self) -> String {
        format!("{}{}", self.base, self.endpoint.path())
    }

    pub(super) fn is(&self, path: &str) -> bool {
        path.strip_prefix(&self.base) == Some(self.endpoint.path())
    }
}

impl EndpointFinder {
    pub(super) fn new(router: Router, prefix: &str) -> Self {
        Self {
            routes: RouteFinder::new(router),
            prefix: prefix.to_owned(),
        }
    }

    /// The endpoints' paths that this path may mean. What the endpoint is nested under is tried unchanged and in lower case.
    pub(super) fn candidates(&self, path: &str) -> Vec<Candidate> {
        let Some((base, endpoint)) = Endpoint::at_end_of(path) else {
            return Vec::new();
        };
        let mut bases = match base.eq_ignore_ascii_case(&self.prefix) {
            true => vec![self.prefix.clone()],
            false => vec![base.to_owned(), base.to_ascii_lowercase()],
        };
        bases.dedup();
        bases.into_iter().map(|base| Candidate { base, endpoint }).collect()
    }

    /// Whether an endpoint is there, rather than a route of the application's own.
    pub(super) async fn has(&self, candidate: &Candidate) -> bool {
        let mark = format!("{}{}", candidate.base, candidate.endpoint.mark());
        let route = self.routes.find(&mark).await;
        route.is_some_and(|route| Endpoint::is_mark(&route))
    }
}
