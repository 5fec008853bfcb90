//! `POST /resendConfirmationEmail`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;

use crate::{
    Endpoint, Identity,
    answer::Refusal,
    authentication::Authentication,
    dotnet::json::JsonBody,
    limits::LimitedClient,
    mail::{Confirmation, link_mail},
};

/// The address to confirm.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ResendConfirmationEmailRequest {
    email: String,
}

/// Mails a new link to confirm the address, if it belongs to an account. The answer does not tell whether it does.
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
    client: LimitedClient,
    JsonBody(request): JsonBody<ResendConfirmationEmailRequest>,
) -> Result<(), Refusal> {
    client
        .check(LimitedAction::ResendConfirmationEmail, &request.email)
        .await?;
    let mail = match identity.accounts().find_by_email(&request.email).await? {
        Some(user) => link_mail(&context, Endpoint::ResendConfirmationEmail, &user, Confirmation::Own).await?,
        None => None,
    };
    identity.send(mail, &request.email).await?;
    Ok(())
}
