//! `POST /login/cookie`: the one endpoint beside `/logout` that ASP.NET Core does not have.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::login::{LoginRequest, SignInTarget, log_in};
use crate::{
    Identity,
    authentication::{Authentication, Persistence},
    json::JsonBody,
    openapi::ProblemDetails,
    problem::Failure,
    query::QueryParameters,
};

/// Signs in with a cookie.
///
/// The same as `/login?useCookies=true`, for clients that are generated from this description.
#[utoipa::path(
    post,
    path = "/login/cookie",
    tag = "Identity",
    operation_id = "loginWithCookie",
    params(
        ("useSessionCookies" = Option<bool>, Query, nullable = false, description = "Whether the cookie ends with the browser."),
    ),
    request_body(content = LoginRequest, example = json!({"email": "ada@example.com", "password": "Passw0rd!"})),
    responses(
        (status = 200, description = "OK"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn login_with_cookie(
    State(identity): State<Identity>,
    Authentication(context): Authentication,
    query: QueryParameters,
    JsonBody(request): JsonBody<LoginRequest>,
) -> Result<Response, Failure> {
    let persistence = match query.boolean("useSessionCookies") {
        Ok(Some(true)) => Persistence::Session,
        Ok(_) => Persistence::Persistent,
        Err(refusal) => return Ok(refusal.into_response()),
    };
    log_in(&identity, &context, SignInTarget::Cookie(persistence), request).await
}
