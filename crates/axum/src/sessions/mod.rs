//! Sessions: what a request's ticket belongs to.

mod confirm;
mod device;
mod routes;
mod sender;
mod user_agent;

pub(crate) use self::device::RequestDevice;
pub(crate) use self::routes::{SessionResponse, confirmation, routes};
pub(crate) use self::sender::Sender;
