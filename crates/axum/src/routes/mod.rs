//! The endpoints, one file each.

mod confirm_email;
mod forgot_password;
mod info;
mod login;
mod login_with_cookie;
mod logout;
mod refresh;
mod register;
mod resend_confirmation_email;
mod reset_password;
mod two_factor;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Identity, openapi};

/// The ten endpoints, and `/login/cookie`.
pub(crate) fn api<S: Clone + Send + Sync + 'static>(identity: &Identity) -> Router<S> {
    mount(identity, endpoints())
}

/// `POST /logout`.
pub(crate) fn logout<S: Clone + Send + Sync + 'static>(identity: &Identity) -> Router<S> {
    mount(identity, logout_endpoint())
}

/// What the endpoints take and answer.
pub(crate) fn openapi(identity: &Identity) -> OpenApi {
    let mut openapi = endpoints().merge(logout_endpoint()).into_openapi();
    openapi::complete(&mut openapi, identity);
    let paths = std::mem::take(&mut openapi.paths.paths);
    let prefix = &identity.parts().prefix;
    openapi.paths.paths = paths
        .into_iter()
        .map(|(path, item)| (format!("{prefix}{path}"), item))
        .collect();
    openapi
}

/// The endpoints' paths, as they are written.
pub(crate) fn paths(identity: &Identity) -> Vec<String> {
    openapi(identity).paths.paths.into_keys().collect()
}

fn endpoints() -> OpenApiRouter<Identity> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(login_with_cookie::login_with_cookie))
        .routes(routes!(refresh::refresh))
        .routes(routes!(confirm_email::confirm_email))
        .routes(routes!(resend_confirmation_email::resend_confirmation_email))
        .routes(routes!(forgot_password::forgot_password))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(two_factor::two_factor))
        .routes(routes!(info::get_info, info::post_info))
}

fn logout_endpoint() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(logout::logout))
}

fn mount<S: Clone + Send + Sync + 'static>(identity: &Identity, endpoints: OpenApiRouter<Identity>) -> Router<S> {
    let router: Router<Identity> = endpoints.into();
    let router = router.with_state(identity.clone());
    match identity.parts().prefix.as_str() {
        "" => router,
        prefix => Router::new().nest(prefix, router),
    }
}
