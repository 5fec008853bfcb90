//! The Identity API of ASP.NET Core for axum: endpoints, authentication, authorisation.
//!
//! [`Identity`] is where to begin: its builder takes a store of accounts and the keys that protect tokens and cookies, and
//! what it builds gives an application its endpoints, its layers, and the extractor [`SignedIn`].

mod allowed_hosts;
mod allowed_origin;
mod authentication;
mod authorization;
mod builder;
mod canonical_path;
mod challenge;
mod client_address;
mod confirmation_mail;
mod cookie_rules;
mod cookies;
mod cors;
mod forwarded_headers;
mod host;
mod identity;
mod json;
mod openapi;
mod options;
mod origin;
mod path_base;
mod pipeline;
mod problem;
mod public_url;
mod query;
mod routes;
mod routing;
mod signed_in;

pub use allowed_hosts::{AllowedHost, AllowedHostError};
pub use allowed_origin::{AllowedOrigin, AllowedOriginError};
pub use authentication::Scheme;
pub use authorization::{Require, RequireService};
pub use builder::IdentityBuilder;
pub use cookie_rules::CookieOptionsError;
pub use forwarded_headers::Tls;
pub use host::Host;
pub use identity::Identity;
pub use json::Json;
pub use options::{
    AuthenticationOptions, BearerTokenOptions, CookieAuthenticationOptions, CookieOptions, CookieSecurePolicy,
    RequestLimits, SameSite,
};
pub use pipeline::Pipeline;
pub use public_url::{PublicUrl, PublicUrlError};
pub use signed_in::SignedIn;
