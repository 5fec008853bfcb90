//! Which host a request is for.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, Version, header::CONNECTION, header::HOST},
    response::{IntoResponse, Response},
};

/// 400 for a request of HTTP/1.1 that does not name one host (RFC 9112, section 3.2), as Kestrel answers it. Mailed links
/// begin with that name.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let is_refused = request.version() == Version::HTTP_11 && !names_one_host(request.headers());
    is_refused.then(|| (StatusCode::BAD_REQUEST, [(CONNECTION, "close")]).into_response())
}

fn names_one_host(headers: &HeaderMap) -> bool {
    headers.get_all(HOST).iter().count() == 1
}
