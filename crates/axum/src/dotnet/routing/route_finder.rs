//! Finds the route for a path without calling it.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
};
use tower::Service;

use super::with_path;

/// The routes of a router.
#[derive(Debug)]
pub(super) struct RouteFinder(Router);

impl RouteFinder {
    pub(super) fn new(router: Router) -> Self {
        Self(router.reset_fallback().layer(from_fn(name_route)).with_state(()))
    }

    /// The route for a path, as the application wrote it.
    pub(super) async fn find(&self, path: &str) -> Option<String> {
        let request = with_path(Box::default(), path);
        let Ok(mut response) = self.0.clone().call(*request).await;
        let Route(route) = response.extensions_mut().remove()?;
        Some(route)
    }
}

/// A route's path, in the extensions of a response.
#[derive(Debug, Clone)]
struct Route(String);

/// Answers in place of every route.
async fn name_route(route: Option<MatchedPath>, _: Request, _: Next) -> Response {
    let mut response = Response::default();
    if let Some(route) = route {
        response.extensions_mut().insert(Route(route.as_str().to_owned()));
    }
    response
}
