//! The server of a single page application: accounts by Wicketgate, and what the application itself has to say.
//!
//! Start here: [`app`] is all that an application needs. The `probes` are for the conformance tests; a real
//! application has none.

mod probes;
mod roles;
mod weather_forecast;

use axum::{Router, routing::get};
use utoipa::OpenApi;
use wicketgate::Identity;

/// All routes.
pub fn app(identity: &Identity) -> Router {
    Router::new()
        .route("/weatherforecast", get(weather_forecast::weather_forecast))
        .route("/roles", get(roles::roles))
        .merge(probes::routes())
        .merge(identity.api())
        .merge(identity.logout())
}

/// What the application's own routes take and answer, for the page at `/swagger`.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(
    weather_forecast::weather_forecast,
    roles::roles,
    probes::public,
    probes::hello,
    probes::claims,
    probes::identity,
    probes::manager,
    probes::department,
    probes::cookie,
    probes::bearer,
))]
struct Description;
