use axum::extract::Request;
use http::{Method, header::ACCESS_CONTROL_REQUEST_METHOD};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::AllowedOrigin;

/// Lets pages of these origins call the application with credentials, and answers their browsers' preflight requests.
/// `None` without origins: no page of another origin may call.
pub(crate) fn layer(origins: &[AllowedOrigin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(
            origins.iter().map(|origin| origin.header_value().clone()),
        ))
        .allow_credentials(true)
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request());
    Some(layer)
}

/// Whether the layer is for this request. It takes every `OPTIONS` request for a preflight, whose mark is that it asks for
/// a method.
pub(crate) fn concerns(request: &Request) -> bool {
    request.method() != Method::OPTIONS || request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}
