//! `POST /forgotPassword`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;

use super::openapi::HttpValidationProblemDetails;
use crate::{Identity, answer::Refusal, dotnet::json::JsonBody, limits::LimitedClient, mail::password_reset_mail};

/// Whose password was forgotten.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ForgotPasswordRequest {
    email: String,
}

/// Mails a code for `/resetPassword`, if the address belongs to an account and is confirmed. The answer does not tell whether it
/// does.
#[utoipa::path(
    post,
    path = "/forgotPassword",
    tag = "Identity",
    operation_id = "forgotPassword",
    request_body(content = ForgotPasswordRequest, example = json!({"email": "ada@example.com"})),
    responses(
        (status = 200, description = "OK"),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn forgot_password(
    State(identity): State<Identity>,
    client: LimitedClient,
    JsonBody(request): JsonBody<ForgotPasswordRequest>,
) -> Result<(), Refusal> {
    client.check(LimitedAction::ForgotPassword, &request.email).await?;
    let user = identity.accounts().find_by_email(&request.email).await?;
    let mail = match user.filter(|user| user.email_confirmed) {
        Some(user) => password_reset_mail(&identity, &user).await?,
        None => None,
    };
    identity.send(mail, &request.email).await?;
    Ok(())
}
