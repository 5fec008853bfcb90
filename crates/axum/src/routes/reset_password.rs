//! `POST /resetPassword`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::IdentityError;
use wicketgate_identity::account::UserToken;
use wicketgate_identity::limit::LimitedAction;
use zeroize::Zeroizing;

use super::openapi::HttpValidationProblemDetails;
use crate::{
    Identity,
    answer::Refusal,
    dotnet::json::{self, JsonBody},
    limits::LimitedClient,
};

/// A new password, and the code from the mail.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResetPasswordRequest {
    email: String,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    reset_code: Option<Zeroizing<String>>,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    new_password: Option<Zeroizing<String>>,
}

/// Sets a new password with a code from `/forgotPassword`.
#[utoipa::path(
    post,
    path = "/resetPassword",
    tag = "Identity",
    operation_id = "resetPassword",
    request_body(content = ResetPasswordRequest, example = json!({"email": "ada@example.com", "resetCode": "Q2ZESjhLcTA…", "newPassword": "Passw0rd!2"})),
    responses(
        (status = 200, description = "OK"),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn reset_password(
    State(identity): State<Identity>,
    client: LimitedClient,
    JsonBody(request): JsonBody<ResetPasswordRequest>,
) -> Result<(), Refusal> {
    client.check(LimitedAction::ResetPassword, &request.email).await?;
    let accounts = identity.accounts();
    let new_password = request.new_password.unwrap_or_default();
    accounts.validate_password_size(&new_password)?;
    let code = request.reset_code.unwrap_or_default();
    let token = UserToken::from_code(&code);
    if let Ok(token) = &token {
        // For every address: a code under an unknown key has the key ring read its keys again, which takes time.
        accounts.find_key_of(token).await?;
    }
    let user = accounts.find_by_email(&request.email).await?;
    // An unknown address gets the same answer as a wrong code.
    let mut user = user
        .filter(|user| user.email_confirmed)
        .ok_or(IdentityError::InvalidToken)?;
    let token = token.map_err(|_| IdentityError::InvalidToken)?;
    accounts.reset_password(&mut user, &token, &new_password).await??;
    identity.notify_of_reset(&user).await;
    Ok(())
}
