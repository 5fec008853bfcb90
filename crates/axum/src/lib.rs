//! The Identity API of ASP.NET Core for axum: accounts, sign-in by cookie or bearer token, and guards.
//!
//! ```
//! use axum::{Router, routing::get};
//! use wicketgate_axum::{BuildError, Identity, MemoryStore, Require, SignedIn};
//!
//! async fn hello(user: SignedIn) -> String {
//!     format!("Hello, {}!", user.name())
//! }
//!
//! fn application() -> Result<Router, BuildError> {
//!     let identity = Identity::builder(MemoryStore::new()).keys_in("data/keys").build()?;
//!     Ok(Router::new()
//!         .route("/hello", get(hello))
//!         .route("/reports", get(|| async { "for managers" }).route_layer(Require::role("Manager")))
//!         .merge(identity.api()) // /register, /login, /manage/info …
//!         .merge(identity.logout())
//!         .layer(identity.layer()))
//! }
//! # application().unwrap();
//! ```
//!
//! [`Identity::builder`] takes any [`AccountStore`]: [`MemoryStore`] for trials, a database (each kind has a feature; `sqlite`
//! is there by default), or your own. [`IdentityBuilder::keys_in`] names the folder of the keys that protect tokens, cookies
//! and links. Mails go out by an [`EmailSender`] of yours ([`IdentityBuilder::email`]), the clock and the random generator
//! are the system's unless you choose others, and everything else is as in ASP.NET Core until you set it: [`Options`] for
//! accounts and passwords, [`options`] for tokens, cookies and request limits, [`network`] for hosts, origins and proxies.
//!
//! Handlers take [`SignedIn`] for the user who sends the request, and [`Authentication`] to sign users in and out; [`Require`]
//! and [`Fresh`] guard routes. Tests of protected routes start from [`testing`].

mod account;
mod answer;
mod authentication;
mod build_error;
mod builder;
mod dotnet;
pub mod guard;
mod identity;
mod limits;
mod mail;
pub mod network;
pub mod options;
pub mod pipeline;
mod routes;
mod sessions;
pub mod testing;
mod upkeep;

pub use answer::{Failure, Json};
pub use authentication::{AccessTokenResponse, Authentication, Persistence, Scheme};
pub use build_error::BuildError;
pub use builder::IdentityBuilder;
pub use guard::{Fresh, Require, SignedIn};
pub use identity::Identity;
pub use pipeline::IdentityLayer;
pub use routes::{Api, Endpoint};
pub use upkeep::Upkeep;

// What an application names in its own code, so that this crate is the only one that it depends on.
pub use async_trait::async_trait;
pub use wicketgate_identity;
pub use wicketgate_identity::{
    AccountStore, EmailError, EmailMessage, EmailSender, EmailText, MemoryStore, Options, Stores, User,
};
pub use wicketgate_protection;
#[cfg(feature = "sql")]
pub use wicketgate_sql;
