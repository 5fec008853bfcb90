//! What the command line can do beside serving.

mod check_dotnet;
mod error;
mod healthcheck;
mod keys;
mod migrate;
mod openapi;
mod users;

pub(crate) use check_dotnet::check_dotnet;
pub use error::CommandError;
pub(crate) use healthcheck::healthcheck;
pub(crate) use keys::operate_on_keys;
pub(crate) use migrate::migrate;
pub(crate) use openapi::openapi;
pub use users::users;
pub(crate) use users::{UserOperation, operate_on_users};
