//! Routes that show what authentication and authorisation make of a request. The conformance tests compare them.

use axum::{Router, routing::get};
use serde::Serialize;
use utoipa::ToSchema;
use wicketgate::{Json, Require, Scheme, SignedIn};

/// Guards stand on single routes as `route_layer`, so that a wrong method is answered with 405 before anybody is asked
/// who they are.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/probe/public", get(public))
        .route("/probe/hello", get(hello))
        .route("/probe/claims", get(claims))
        .route("/probe/identity", get(identity))
        .route("/probe/manager", get(manager).route_layer(Require::role("Manager")))
        .route(
            "/probe/department",
            get(department).route_layer(Require::claim("department", "engineering")),
        )
        .route(
            "/probe/cookie",
            get(cookie).route_layer(Require::scheme(Scheme::Cookie)),
        )
        .route(
            "/probe/bearer",
            get(bearer).route_layer(Require::scheme(Scheme::Bearer)),
        )
}

/// For everybody.
#[utoipa::path(get, path = "/probe/public", tag = "Probes", responses((status = 200, description = "OK", body = str)))]
pub(crate) async fn public() -> &'static str {
    "public"
}

/// The user's name.
#[utoipa::path(
    get,
    path = "/probe/hello",
    tag = "Probes",
    security(("Bearer" = []), ("Cookie" = [])),
    responses((status = 200, description = "OK", body = str), (status = 401, description = "Unauthorized")),
)]
pub(crate) async fn hello(user: SignedIn) -> String {
    format!("Hello, {}!", user.name())
}

/// A claim in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShortClaim {
    #[serde(rename = "type")]
    claim_type: String,
    value: String,
}

/// What the user's ticket says.
#[utoipa::path(
    get,
    path = "/probe/claims",
    tag = "Probes",
    security(("Bearer" = []), ("Cookie" = [])),
    responses((status = 200, description = "OK", body = [ShortClaim]), (status = 401, description = "Unauthorized")),
)]
pub(crate) async fn claims(user: SignedIn) -> Json<Vec<ShortClaim>> {
    Json(
        user.claims()
            .map(|claim| ShortClaim {
                claim_type: claim.claim_type.to_string(),
                value: claim.value.clone(),
            })
            .collect(),
    )
}

/// One identity of a user, in full.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FullIdentity {
    authentication_type: Option<String>,
    name_claim_type: String,
    role_claim_type: String,
    is_authenticated: bool,
    claims: Vec<FullClaim>,
}

/// A claim in full.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FullClaim {
    #[serde(rename = "type")]
    claim_type: String,
    value: String,
    value_type: String,
    issuer: String,
}

/// The user's ticket in full.
#[utoipa::path(
    get,
    path = "/probe/identity",
    tag = "Probes",
    security(("Bearer" = []), ("Cookie" = [])),
    responses((status = 200, description = "OK", body = [FullIdentity]), (status = 401, description = "Unauthorized")),
)]
pub(crate) async fn identity(user: SignedIn) -> Json<Vec<FullIdentity>> {
    let identities = user.principal().identities.iter().map(|identity| FullIdentity {
        authentication_type: identity.authentication_type.as_deref().map(str::to_owned),
        name_claim_type: identity.name_claim_type.to_string(),
        role_claim_type: identity.role_claim_type.to_string(),
        is_authenticated: identity.is_authenticated(),
        claims: identity
            .claims
            .iter()
            .map(|claim| FullClaim {
                claim_type: claim.claim_type.to_string(),
                value: claim.value.clone(),
                value_type: claim.value_type.to_string(),
                issuer: claim.issuer.to_string(),
            })
            .collect(),
    });
    Json(identities.collect())
}

/// For the role Manager.
#[utoipa::path(
    get,
    path = "/probe/manager",
    tag = "Probes",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = str),
        (status = 401, description = "Unauthorized"),
        (status = 403, description = "Forbidden"),
    ),
)]
pub(crate) async fn manager() -> &'static str {
    "managers only"
}

/// For the department of engineering.
#[utoipa::path(
    get,
    path = "/probe/department",
    tag = "Probes",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = str),
        (status = 401, description = "Unauthorized"),
        (status = 403, description = "Forbidden"),
    ),
)]
pub(crate) async fn department() -> &'static str {
    "engineering only"
}

/// For who signed in by cookie; others are sent to a login page.
#[utoipa::path(
    get,
    path = "/probe/cookie",
    tag = "Probes",
    security(("Cookie" = [])),
    responses((status = 200, description = "OK", body = str), (status = 302, description = "Found")),
)]
pub(crate) async fn cookie() -> &'static str {
    "cookie only"
}

/// For who signed in by token.
#[utoipa::path(
    get,
    path = "/probe/bearer",
    tag = "Probes",
    security(("Bearer" = [])),
    responses((status = 200, description = "OK", body = str), (status = 401, description = "Unauthorized")),
)]
pub(crate) async fn bearer() -> &'static str {
    "bearer only"
}
