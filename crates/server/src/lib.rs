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
mod command_line;
mod commands;
mod email;
mod key_ring;
mod logs;
mod run;
mod serve;
pub mod settings;

pub use application::{identity, store};
pub use commands::{CommandError, users};
pub use email::{SmtpTls, SmtpUrl, SmtpUrlError};
pub use key_ring::KeyEncryptionFileError;
pub use run::{run, run_with_openapi};
pub use serve::{HostedApplication, serve_connection};
pub use settings::{Settings, SettingsError};
pub use wicketgate_axum::{Identity, Json, Scheme, SignedIn};
pub use wicketgate_identity::claim_types;

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
