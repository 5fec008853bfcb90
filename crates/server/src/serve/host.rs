//! Which host a request is for.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, Version, header::CONNECTION, header::HOST},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Answers 400 to a request of HTTP/1.1 that does not name one host (RFC 9112, section 3.2), as Kestrel does. Mailed links
/// begin with that name.
pub(super) async fn require_host(request: Request, next: Next) -> Response {
    if request.version() == Version::HTTP_11 && !names_one_host(request.headers()) {
        return (StatusCode::BAD_REQUEST, [(CONNECTION, "close")]).into_response();
    }
    next.run(request).await
}

fn names_one_host(headers: &HeaderMap) -> bool {
    headers.get_all(HOST).iter().count() == 1
}
