//! The Identity API of ASP.NET Core for axum: endpoints, authentication, authorisation.
//!
//! [`Identity`] is where to begin: its builder takes a store of accounts and the keys that protect tokens and cookies, and
//! what it builds gives an application its endpoints, its layers, and the extractor [`SignedIn`].

mod authentication;
mod authorization;
mod builder;
mod canonical_path;
mod challenge;
mod confirmation_mail;
mod cookies;
mod cors;
mod forwarded_headers;
mod identity;
mod json;
mod openapi;
mod options;
mod origin;
mod pipeline;
mod problem;
mod query;
mod routes;
mod routing;
mod signed_in;

pub use authentication::Scheme;
pub use authorization::{Require, RequireService};
pub use builder::IdentityBuilder;
pub use forwarded_headers::Tls;
pub use identity::Identity;
pub use json::Json;
pub use options::{
    AuthenticationOptions, BearerTokenOptions, CookieAuthenticationOptions, CookieOptions, CookieSecurePolicy, SameSite,
};
pub use origin::{AllowedOrigin, AllowedOriginError, PublicUrl, PublicUrlError};
pub use pipeline::Pipeline;
pub use signed_in::SignedIn;
