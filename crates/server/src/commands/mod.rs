//! What the command line can do beside serving.

mod check_dotnet;
mod error;
mod event_operation;
mod events;
mod fix_normalized_names;
mod healthcheck;
mod keys;
mod migrate;
mod openapi;
mod resting;
mod user_operation;
mod users;

pub(crate) use check_dotnet::check_dotnet;
pub use error::CommandError;
pub(crate) use event_operation::EventOperation;
pub(crate) use events::operate_on_events;
pub(crate) use healthcheck::healthcheck;
pub(crate) use keys::operate_on_keys;
pub(crate) use migrate::migrate;
pub(crate) use openapi::openapi;
pub(crate) use user_operation::UserOperation;
pub(crate) use users::operate_on_users;
pub use users::users;
