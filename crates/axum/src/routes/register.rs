//! `POST /register`

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::IdentityError;
use wicketgate_identity::text::is_email_address;
use zeroize::Zeroizing;

use super::openapi::HttpValidationProblemDetails;
use crate::{
    Endpoint, Identity,
    answer::Refusal,
    authentication::Authentication,
    dotnet::json::{self, JsonBody},
    mail::{Confirmation, LinkMail},
};

/// The new account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RegisterRequest {
    /// The e-mail address, which is also the user name.
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    email: Option<String>,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    password: Option<Zeroizing<String>>,
}

/// Creates an account and mails a link to confirm its address.
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
        // .NET checks the address first, and then fails because of the missing password.
        return Err(match is_email_address(&email) {
            true => StatusCode::BAD_REQUEST.into(),
            false => IdentityError::InvalidEmail(email).into(),
        });
    };
    let accounts = identity.accounts();
    let account = accounts.new_account(&email, &password).await??;
    let mail = LinkMail::new(&context, Endpoint::Register, Confirmation::Own);
    identity.parts().email.create(accounts, account, &mail).await??;
    Ok(())
}
