//! `POST /resendConfirmationEmail`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Endpoint, Identity,
    answer::Failure,
    authentication::Authentication,
    dotnet::json::JsonBody,
    mail::{Confirmation, mail_link},
};

/// Whose address is to be confirmed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ResendConfirmationEmailRequest {
    email: String,
}

/// Mails the link that confirms an account's address again. The answer is the same if there is no such account.
#[utoipa::path(
    post,
    path = "/resendConfirmationEmail",
    tag = "Identity",
    operation_id = "resendConfirmationEmail",
    request_body(content = ResendConfirmationEmailRequest, example = json!({"email": "ada@example.com"})),
    responses((status = 200, description = "OK")),
)]
pub(super) async fn resend_confirmation_email(
    State(identity): State<Identity>,
    Authentication(context): Authentication,
    JsonBody(request): JsonBody<ResendConfirmationEmailRequest>,
) -> Result<(), Failure> {
    if let Some(user) = identity.accounts().find_by_email(&request.email).await? {
        mail_link(&context, Endpoint::ResendConfirmationEmail, &user, Confirmation::Own).await?;
    }
    Ok(())
}
