//! Sessions: what a request's ticket belongs to.

mod device;
mod routes;
mod sender;
mod user_agent;

pub(crate) use self::device::RequestDevice;
pub(crate) use self::routes::routes;
pub(crate) use self::sender::Sender;
