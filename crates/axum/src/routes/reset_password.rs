//! `POST /resetPassword`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::{IdentityError, IdentityResult, UserToken};
use zeroize::Zeroizing;

use crate::{
    Identity,
    json::{self, JsonBody},
    openapi::HttpValidationProblemDetails,
    problem::{Failure, ValidationProblem},
};

/// A new password, and the mailed code that allows it.
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
    JsonBody(request): JsonBody<ResetPasswordRequest>,
) -> Result<Response, Failure> {
    match reset(&identity, request).await? {
        Ok(()) => Ok(StatusCode::OK.into_response()),
        Err(errors) => Ok(ValidationProblem::new(errors).into_response()),
    }
}

/// A stranger's address and a wrong code get the same answer.
async fn reset(identity: &Identity, request: ResetPasswordRequest) -> Result<IdentityResult, Failure> {
    let new_password = request.new_password.unwrap_or_default();
    if let Err(errors) = identity.accounts().validate_password_size(&new_password) {
        return Ok(Err(errors));
    }
    let refused = Ok(Err(vec![IdentityError::InvalidToken]));
    let user = identity.accounts().find_by_email(&request.email).await?;
    let Some(mut user) = user.filter(|user| user.email_confirmed) else {
        return refused;
    };
    let code = request.reset_code.unwrap_or_default();
    let Ok(token) = UserToken::from_code(&code) else {
        return refused;
    };
    Ok(identity
        .accounts()
        .reset_password(&mut user, &token, &new_password)
        .await?)
}
