use axum::Router;
use http::{Method, header::ACCESS_CONTROL_REQUEST_METHOD};
use tower::{ServiceExt, service_fn};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::AllowedOrigin;

/// Lets pages of these origins call the application with credentials, and answers their browsers' preflight requests.
/// Without origins nothing changes: no page of another origin may call.
pub(crate) fn allow(origins: &[AllowedOrigin], application: Router) -> Router {
    if origins.is_empty() {
        return application;
    }
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(
            origins.iter().map(|origin| origin.header_value().clone()),
        ))
        .allow_credentials(true)
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request());
    let open = application.clone().layer(layer);
    // The layer takes every OPTIONS request for a preflight, whose mark is that it asks for a method.
    Router::new().fallback_service(service_fn(move |request: axum::extract::Request| {
        let asks = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        let is_plain_options = request.method() == Method::OPTIONS && !asks;
        let application = if is_plain_options { &application } else { &open };
        application.clone().oneshot(request)
    }))
}
