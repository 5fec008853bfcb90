//! What all pages for browsers have in common: headers that keep other sites away from them, and an answer to `HEAD`.

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{ALLOW, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// A page loads from its own server alone, runs no script that stands in a page, and is shown in no frame. The hash is that of
/// the one style attribute in Swagger UI's own markup; `cargo xtask browser` fails if that changes.
const CONTENT_SECURITY: (HeaderName, HeaderValue) = (
    CONTENT_SECURITY_POLICY,
    HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' \
         'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
         base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
    ),
);
const NO_SNIFFING: (HeaderName, HeaderValue) = (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

/// A layer for routes that take any method: it lets `GET` and `HEAD` through, and answers others with 405.
///
/// `axum::routing::get` would not do: ASP.NET Core's routing rules hide `HEAD` from it.
pub(super) async fn page(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let response = match method {
        Method::GET | Method::HEAD => next.run(request).await,
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response(),
    };
    let response = if method == Method::HEAD {
        without_body(response)
    } else {
        response
    };
    ([CONTENT_SECURITY, NO_SNIFFING], response).into_response()
}

/// The answer to `HEAD`: it tells the length of what `GET` would bring (RFC 9110, section 9.3.2).
fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts.headers.insert(CONTENT_LENGTH, length.into());
    }
    Response::from_parts(parts, Body::empty())
}
