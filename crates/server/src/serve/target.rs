//! What the target of a request may look like (.NET's `Http1Connection`).

use axum::{
    extract::Request,
    http::{
        HeaderName, HeaderValue, Method, StatusCode, Version,
        header::{ALLOW, CONNECTION},
    },
    response::{IntoResponse, Response},
};

/// As with Kestrel, the connection ends with a refusal.
const CLOSE: [(HeaderName, &str); 1] = [(CONNECTION, "close")];

/// Which of the four forms a target has (RFC 9112, section 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Origin,
    Absolute,
    Authority,
    Asterisk,
}

/// 400 for a target that is not ASCII or not a URL of the web; 405 for a form that belongs to another method, as Kestrel
/// answers.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let uri = request.uri();
    let is_ascii = uri.path_and_query().is_none_or(|target| target.as_str().is_ascii());
    let is_of_web = matches!(uri.scheme_str(), None | Some("http" | "https"));
    if !is_ascii || !is_of_web {
        return Some((StatusCode::BAD_REQUEST, CLOSE).into_response());
    }
    // HTTP/2 has a field for each part of the target.
    if request.version() == Version::HTTP_2 {
        return None;
    }
    let method = match form(request) {
        Form::Origin | Form::Absolute => return None,
        Form::Authority => Method::CONNECT,
        Form::Asterisk => Method::OPTIONS,
    };
    if request.method() == method {
        return None;
    }
    let allow = HeaderValue::from_str(method.as_str()).ok()?;
    Some((StatusCode::METHOD_NOT_ALLOWED, CLOSE, [(ALLOW, allow)]).into_response())
}

fn form(request: &Request) -> Form {
    let uri = request.uri();
    match (uri.scheme(), uri.authority()) {
        (Some(_), _) => Form::Absolute,
        (None, Some(_)) => Form::Authority,
        (None, None) if uri.path() == "*" => Form::Asterisk,
        (None, None) => Form::Origin,
    }
}
