//! CORS: which other origins' pages may call the application.

use axum::{extract::Request, response::Response};
use http::{
    HeaderName, HeaderValue, Method,
    header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, RETRY_AFTER, VARY, WWW_AUTHENTICATE},
};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use super::AllowedOrigin;

/// Identifies the request in the server's log, so that a page can show it to users who need help.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Lets pages of these origins call the application with credentials, and answers their preflight requests. Pages of other
/// origins get answers without any CORS header.
#[derive(Debug)]
pub(crate) struct Cors {
    layer: CorsLayer,
    origins: Vec<HeaderValue>,
}

impl Cors {
    /// `None` without origins.
    pub(crate) fn new(origins: &[AllowedOrigin]) -> Option<Self> {
        if origins.is_empty() {
            return None;
        }
        let origins: Vec<_> = origins.iter().map(|origin| origin.header_value().clone()).collect();
        let layer = CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins.clone()))
            .allow_credentials(true)
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([RETRY_AFTER, X_REQUEST_ID, WWW_AUTHENTICATE]);
        Some(Self { layer, origins })
    }

    pub(crate) fn layer(&self) -> &CorsLayer {
        &self.layer
    }

    /// Whether the layer is to handle this request: it comes from one of the origins. An `OPTIONS` request, which the layer
    /// always takes for a preflight, must also name the method that the page wants to use.
    pub(crate) fn concerns(&self, request: &Request) -> bool {
        let headers = request.headers();
        let mut origins = headers.get_all(ORIGIN).iter();
        let is_listed = match (origins.next(), origins.next()) {
            (Some(origin), None) => self.origins.contains(origin),
            _ => false,
        };
        is_listed && (request.method() != Method::OPTIONS || headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD))
    }
}

/// Tells caches that the headers depend on the request's origin.
pub(crate) fn with_vary(mut response: Response) -> Response {
    response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    response
}
