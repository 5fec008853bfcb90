//! Cookies on the wire, as .NET reads and writes them.

mod request;
mod response;
mod set_cookie;

pub(crate) use request::RequestCookies;
pub(crate) use response::ResponseCookies;
pub(crate) use set_cookie::SetCookie;

/// What the value of a cookie that was split begins with; the number of parts follows.
const CHUNK_COUNT_PREFIX: &str = "chunks-";

/// The name of one part of a cookie that was split; parts are counted from one.
fn chunk_name(cookie: &str, number: usize) -> String {
    format!("{cookie}C{number}")
}
