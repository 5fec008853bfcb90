//! Where an application has put the endpoints.

use axum::Router;

use super::route_finder::RouteFinder;
use crate::Endpoint;

/// Finds the endpoint that a path means in another spelling, and no other route of the application.
#[derive(Debug)]
pub(super) struct EndpointFinder {
    routes: RouteFinder,
    /// What the [`Identity`](crate::Identity) puts before the endpoints' paths.
    prefix: String,
}

/// A path that an endpoint may have.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) path: String,
    /// The path of the mark that stands beside the endpoint.
    mark: String,
}

impl EndpointFinder {
    pub(super) fn new(router: Router, prefix: &str) -> Self {
        Self {
            routes: RouteFinder::new(router),
            prefix: prefix.to_owned(),
        }
    }

    /// The paths of endpoints that this path may mean. What an endpoint is nested under is found as it came, or in lower
    /// case.
    pub(super) fn candidates(&self, path: &str) -> Vec<Candidate> {
        let Some((base, endpoint)) = Endpoint::at_end_of(path) else {
            return Vec::new();
        };
        let mut bases = match base.eq_ignore_ascii_case(&self.prefix) {
            true => vec![self.prefix.clone()],
            false => vec![base.to_owned(), base.to_ascii_lowercase()],
        };
        bases.dedup();
        let candidate = |base| Candidate {
            path: format!("{base}{}", endpoint.path()),
            mark: format!("{base}{}", endpoint.mark()),
        };
        bases.into_iter().map(candidate).collect()
    }

    /// Whether the endpoint is there, and not a route of the application's own.
    pub(super) async fn has(&self, candidate: &Candidate) -> bool {
        let route = self.routes.find(&candidate.mark).await;
        route.is_some_and(|route| Endpoint::is_mark(&route))
    }
}
