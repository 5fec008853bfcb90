//! The Identity API of ASP.NET Core for axum: endpoints, authentication, authorisation.
//!
//! [`Identity`] is where to begin: its builder takes a store of accounts and the keys that protect tokens and cookies, and
//! what it builds gives an application its endpoints, its layers, and the extractor [`SignedIn`].

mod allowed_hosts;
mod allowed_origin;
mod answer;
mod authentication;
mod authorization;
mod builder;
mod challenge;
mod client_address;
mod confirmation_mail;
mod cookie_rules;
mod cookies;
mod cors;
mod dotnet;
mod forwarded_headers;
mod host;
mod identity;
mod json;
mod layer;
mod middleware;
mod openapi;
mod options;
mod origin;
mod outgoing_mail;
mod path_base;
mod pipeline;
mod public_url;
mod query;
mod routes;
mod run_to_end;
mod signed_in;
pub mod testing;

pub use allowed_hosts::{AllowedHost, AllowedHostError};
pub use allowed_origin::{AllowedOrigin, AllowedOriginError};
pub use answer::{Failure, Json};
pub use authentication::{AccessTokenResponse, Authentication, Persistence, Scheme};
pub use authorization::{Require, RequireService};
pub use builder::{BuildError, IdentityBuilder};
pub use cookie_rules::CookieOptionsError;
pub use forwarded_headers::Tls;
pub use host::Host;
pub use identity::Identity;
pub use layer::{IdentityLayer, IdentityService};
pub use options::{
    AuthenticationOptions, BearerTokenOptions, CookieAuthenticationOptions, CookieOptions, CookieSecurePolicy,
    RequestLimits, SameSite,
};
pub use pipeline::Pipeline;
pub use public_url::{PublicUrl, PublicUrlError};
pub use routes::{Api, Endpoint};
pub use signed_in::SignedIn;

// What an application names in its own code, so that this crate is the only one that it depends on.
pub use async_trait::async_trait;
pub use wicketgate_identity;
pub use wicketgate_identity::{
    AccountStore, EmailError, EmailMessage, EmailSender, EmailText, IntoStore, MemoryStore, Options, User,
};
pub use wicketgate_protection;
#[cfg(feature = "sql")]
pub use wicketgate_sql;
