//! `POST /register`

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::{IdentityError, text::is_email_address};
use zeroize::Zeroizing;

use super::openapi::HttpValidationProblemDetails;
use crate::{
    Endpoint, Identity,
    answer::Refusal,
    authentication::Authentication,
    dotnet::json::{self, JsonBody},
    mail::{Confirmation, mail_link},
};

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RegisterRequest {
    /// The address, which becomes the user name, too.
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    email: Option<String>,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    password: Option<Zeroizing<String>>,
}

/// Makes an account and mails a link that confirms its address.
#[utoipa::path(
    post,
    path = "/register",
    tag = "Identity",
    operation_id = "register",
    request_body(content = RegisterRequest, example = json!({"email": "ada@example.com", "password": "Passw0rd!"})),
    responses(
        (status = 200, description = "OK"),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn register(
    State(identity): State<Identity>,
    Authentication(context): Authentication,
    JsonBody(request): JsonBody<RegisterRequest>,
) -> Result<(), Refusal> {
    let email = request.email.unwrap_or_default();
    let Some(password) = request.password else {
        // .NET looks at the address first, and then fails over the missing password.
        return Err(match is_email_address(&email) {
            true => StatusCode::BAD_REQUEST.into(),
            false => IdentityError::InvalidEmail(email).into(),
        });
    };
    let user = identity.accounts().register(&email, &password).await??;
    mail_link(&context, Endpoint::Register, &user, Confirmation::Own).await?;
    Ok(())
}
