//! `POST /login/cookie`, which ASP.NET Core does not have.

use axum::extract::State;

use super::{
    login::{LoginRequest, check, set_cookie},
    openapi::ProblemDetails,
};
use crate::{
    Identity,
    answer::Refusal,
    authentication::{Authentication, Persistence},
    dotnet::{QueryParameters, json::JsonBody},
    limits::LimitedClient,
};

/// Signs in with a cookie.
///
/// Does the same as `/login?useCookies=true`, for generated clients.
#[utoipa::path(
    post,
    path = "/login/cookie",
    tag = "Identity",
    operation_id = "loginWithCookie",
    params(
        ("useSessionCookies" = Option<bool>, Query, nullable = false, description = "Whether the cookie is deleted when the browser is closed."),
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
    client: LimitedClient,
    query: QueryParameters,
    JsonBody(request): JsonBody<LoginRequest>,
) -> Result<(), Refusal> {
    let persistence = match query.boolean("useSessionCookies")? {
        Some(true) => Persistence::Session,
        _ => Persistence::Persistent,
    };
    context.refuse_cross_site()?;
    let signed_in = check(&identity, &context, &client, request).await?;
    set_cookie(&context, signed_in, persistence).await?;
    Ok(())
}
