//! How large what a client sends may be: as large as Kestrel takes it (.NET's `KestrelServerLimits`).

use axum::{
    extract::Request,
    http::{
        HeaderMap, StatusCode,
        header::{CONNECTION, TRANSFER_ENCODING},
    },
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

/// Requests at a time on one connection of HTTP/2: Kestrel's `Http2Limits.MaxStreamsPerConnection`.
pub(super) const HTTP2_STREAMS: u32 = 100;
/// Bytes of a body that a client may send before somebody reads them, for one request and for all on a connection.
pub(super) const HTTP2_STREAM_WINDOW: u32 = 128 * 1024;
pub(super) const HTTP2_CONNECTION_WINDOW: u32 = 256 * 1024;
/// Bytes of an answer that wait for the client's window.
pub(super) const HTTP2_SEND_BUFFER: usize = 64 * 1024;
/// Requests that a client took back before the server looked at them; with more, the connection ends (CVE-2023-44487).
pub(super) const HTTP2_PENDING_RESETS: usize = 20;
/// Requests in all that were reset for a client's mistakes; with more, the connection ends.
pub(super) const HTTP2_ERROR_RESETS: usize = 1_024;

/// 414 for a line and 431 for headers that are too long, and 400 for a body that is coded in a way that nothing here
/// undoes. As with Kestrel, the connection ends then.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let headers = request.headers();
    let status = if !is_chunked_at_most(headers) {
        StatusCode::BAD_REQUEST
    } else if line_length(request) > REQUEST_LINE {
        StatusCode::URI_TOO_LONG
    } else if headers_length(headers) > HEADERS || headers.len() > HEADER_COUNT {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else {
        return None;
    };
    Some((status, [(CONNECTION, "close")]).into_response())
}

/// hyper looks at the last coding alone. One that stands before it would be taken for the body's own bytes.
fn is_chunked_at_most(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
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
