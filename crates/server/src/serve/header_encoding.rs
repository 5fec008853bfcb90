//! Which bytes a request's headers may have.

use axum::{
    extract::Request,
    http::{StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};

/// 400 for a header that is not UTF-8, as Kestrel answers it. As with Kestrel, the connection ends then.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let is_text = |bytes| str::from_utf8(bytes).is_ok();
    let is_refused = !request.headers().values().all(|value| is_text(value.as_bytes()));
    is_refused.then(|| (StatusCode::BAD_REQUEST, [(CONNECTION, "close")]).into_response())
}
