//! Wicketgate as a server: settings, command line, mail, logs, TLS and pages around the Identity API of
//! `wicketgate-axum`.
//!
//! [`run`] gives any axum application the whole of it:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use axum::{Router, routing::get};
//!
//! fn main() -> ExitCode {
//!     wicketgate::run(|identity| {
//!         Router::new()
//!             .route("/hello", get(|user: wicketgate::SignedIn| async move { format!("Hello, {}!", user.name()) }))
//!             .merge(identity.api())
//!             .merge(identity.logout())
//!     })
//! }
//! ```

mod application;
mod assembly;
mod command_line;
mod commands;
mod email;
mod key_encryption;
mod key_ring;
mod logs;
mod opening_error;
mod run;
mod serve;
mod server;
pub mod settings;

pub use assembly::{identity, store};
pub use commands::{CommandError, users};
pub use key_encryption::KeyEncryptionFileError;
pub use opening_error::OpeningError;
pub use serve::{HostedApplication, serve_connection};
pub use server::{Server, run};
pub use settings::{Settings, SettingsError, SmtpTls, SmtpUrl, SmtpUrlError};
pub use wicketgate_axum::{
    Authentication, Endpoint, Failure, Identity, Json, Persistence, Require, Scheme, SignedIn, async_trait, testing,
};
pub use wicketgate_identity::claim_types;

// What an application names in its own code, so that this crate is the only one that it depends on.
pub use axum;
pub use wicketgate_axum;
pub use wicketgate_identity;
pub use wicketgate_protection;
pub use wicketgate_sql;

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
