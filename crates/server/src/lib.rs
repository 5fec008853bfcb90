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
//!
//! [`Server`] does the same for an application that brings a store, a sender of mail or an OpenAPI description of its own, or
//! has to wait for something before it has its routes. In handlers, [`SignedIn`] and [`Authentication`] tell who sends a
//! request and sign users in and out; [`Require`] guards routes.
//!
//! [`Settings`] are what the command line, the environment and `wicketgate.toml` say; [`hosting`] has the parts of the server
//! for those who put it together themselves.

mod application;
mod assembly;
mod command_line;
mod commands;
mod email;
pub mod hosting;
mod key_encryption;
mod key_ring;
mod logs;
mod metrics;
mod opening_error;
mod password_files;
mod run;
mod secret_file;
mod serve;
mod server;
pub mod settings;

pub use server::{Server, run};
pub use settings::{Settings, SettingsError};
pub use wicketgate_axum::{
    Authentication, Endpoint, Failure, Identity, Json, Persistence, Require, Scheme, SignedIn, async_trait, testing,
};
pub use wicketgate_identity::claims::claim_types;

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
