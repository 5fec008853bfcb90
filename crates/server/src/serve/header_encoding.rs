//! Which bytes a request's headers may have.

use axum::{
    extract::Request,
    http::{StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};

/// 400 for a header that is not UTF-8, as Kestrel answers it. As with Kestrel, the connection ends then.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    // Nearly all are ASCII, which is quicker to see.
    let is_text = |bytes: &[u8]| bytes.is_ascii() || str::from_utf8(bytes).is_ok();
    let is_refused = !request.headers().values().all(|value| is_text(value.as_bytes()));
    is_refused.then(|| (StatusCode::BAD_REQUEST, [(CONNECTION, "close")]).into_response())
}
