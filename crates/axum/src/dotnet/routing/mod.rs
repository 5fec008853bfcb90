//! Which route a path has, by ASP.NET Core's rules.

mod all_routes;
mod attempts;
mod endpoint_finder;
mod endpoint_routes;
mod route_finder;

pub(crate) use all_routes::DotnetRoutes;
pub(crate) use endpoint_routes::EndpointRoutes;

use axum::extract::Request;
use http::{Uri, uri::PathAndQuery};

/// The request with another path.
fn with_path(mut request: Box<Request>, path: &str) -> Box<Request> {
    if let Some(uri) = uri_with_path(request.uri(), path) {
        *request.uri_mut() = uri;
    }
    request
}

fn uri_with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query: PathAndQuery = match uri.query() {
        Some(query) => format!("{path}?{query}").parse().ok()?,
        None => path.parse().ok()?,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    Uri::from_parts(parts).ok()
}
