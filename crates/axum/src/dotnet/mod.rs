//! ASP.NET Core's ways with requests: which paths are one, and which methods a route answers.

mod attempts;
mod canonical_path;
mod endpoint_finder;
mod endpoint_routes;
mod route_finder;
mod routing;

pub(crate) use canonical_path::{canonical_path, unescape};
pub(crate) use endpoint_routes::EndpointRoutes;
pub(crate) use routing::DotnetRoutes;

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
