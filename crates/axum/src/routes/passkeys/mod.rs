//! Passkeys: the seven endpoints of a proposal for ASP.NET Core (dotnet/aspnetcore, issue 68197), which does not have them yet.

mod browser;
mod creation_options;
mod credentials;
mod login;
mod register;
mod request_options;
mod well_known;

use axum::routing::put;
use utoipa_axum::{router::OpenApiRouter, routes};
use wicketgate_identity::Options;

pub(crate) use self::browser::Browser;
pub(crate) use self::well_known::well_known;
use crate::{Identity, network::PublicUrl};

pub(super) fn options() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(request_options::request_options))
}

pub(super) fn login() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(login::login))
}

/// Lists, adds, renames and removes them.
pub(super) fn managing() -> OpenApiRouter<Identity> {
    OpenApiRouter::new()
        .routes(routes!(creation_options::creation_options))
        .routes(routes!(credentials::list, register::register))
        .routes(routes!(credentials::rename, credentials::remove))
        .route(
            "/manage/passkeys/creationOptions",
            put(credentials::rename).delete(credentials::remove),
        )
        // An id may have no bytes at all.
        .route(
            "/manage/passkeys/",
            put(credentials::rename).delete(credentials::remove),
        )
}

/// Passkeys are of the host that the application is reached at, if nothing else is said: a request's header could name another one.
pub(crate) fn with_passkey_domain(mut options: Options, public_url: Option<&PublicUrl>) -> Options {
    let domain = &mut options.passkeys.server_domain;
    if domain.is_none() {
        let host = public_url.and_then(PublicUrl::host);
        *domain = host.map(|host| host.name().to_ascii_lowercase());
    }
    options
}
