//! Cookies on the wire, as .NET reads and writes them.

mod request;
mod response;
mod set_cookie;

pub(crate) use request::RequestCookies;
pub(crate) use response::ResponseCookies;
pub(crate) use set_cookie::SetCookie;

/// A split cookie has this and the number of its parts as its value.
const CHUNK_COUNT_PREFIX: &str = "chunks-";

/// The name of one part of a split cookie, counted from one.
fn chunk_name(cookie: &str, number: usize) -> String {
    format!("{cookie}C{number}")
}
