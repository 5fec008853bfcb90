//! How long a request's beginning may be: as long as Kestrel takes it (.NET's `KestrelServerLimits`).

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};

/// `MaxRequestLineSize`, with the line's end.
const REQUEST_LINE: usize = 8 * 1024;
/// `MaxRequestHeadersTotalSize`, names, values and what stands between them and behind them.
const HEADERS: usize = 32 * 1024;
/// `MaxRequestHeaderCount`. hyper's own limit is the same, and cheaper where it is not set.
const HEADER_COUNT: usize = 100;
/// What a connection has to hold while it reads a request's beginning. More than the two limits, so that what is a
/// little too long is answered with the right status.
pub(super) const BUFFER: usize = 2 * (REQUEST_LINE + HEADERS);

/// 414 for a line and 431 for headers that are too long. As with Kestrel, the connection ends then.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let headers = request.headers();
    let status = if line_length(request) > REQUEST_LINE {
        StatusCode::URI_TOO_LONG
    } else if headers_length(headers) > HEADERS || headers.len() > HEADER_COUNT {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else {
        return None;
    };
    Some((status, [(CONNECTION, "close")]).into_response())
}

fn line_length(request: &Request) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    request.method().as_str().len() + target + "  HTTP/1.1\r\n".len()
}

fn headers_length(headers: &HeaderMap) -> usize {
    let length = |name: &str, value: &[u8]| name.len() + value.len() + ": \r\n".len();
    headers
        .iter()
        .map(|(name, value)| length(name.as_str(), value.as_bytes()))
        .sum()
}
