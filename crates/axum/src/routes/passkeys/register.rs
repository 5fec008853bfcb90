//! `POST /manage/passkeys`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wicketgate_identity::IdentityError;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::passkey::{PasskeyOperation, PasskeyRefusal, UserPasskey};

use super::browser::Browser;
use crate::{
    Identity, SignedIn,
    answer::{Json, Refusal},
    dotnet::json::JsonBody,
    guard::fresh,
    limits::LimitedClient,
    routes::openapi::{HttpValidationProblemDetails, ProblemDetails},
};

/// A browser's answer to `/manage/passkeys/creationOptions`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyRegistrationRequest {
    /// What `navigator.credentials.create()` returned, by `JSON.stringify()`.
    credential_json: String,
    /// What the user calls it; at most 200 characters.
    name: Option<String>,
}

/// A passkey that was added.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyRegistrationResponse {
    credential_id: String,
    name: Option<String>,
}

/// Adds a passkey to the account.
#[utoipa::path(
    post,
    path = "/manage/passkeys",
    tag = "Identity",
    operation_id = "addPasskey",
    security(("Bearer" = []), ("Cookie" = [])),
    request_body(content = PasskeyRegistrationRequest, example = json!({"credentialJson": "{\"id\":\"…\"}", "name": "Laptop"})),
    responses(
        (status = 200, description = "OK", body = PasskeyRegistrationResponse),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn register(
    State(identity): State<Identity>,
    user: SignedIn,
    browser: Browser,
    client: LimitedClient,
    JsonBody(request): JsonBody<PasskeyRegistrationRequest>,
) -> Result<Json<PasskeyRegistrationResponse>, Refusal> {
    client.check_known(LimitedAction::Info, Some(user.id())).await?;
    fresh::check_where_required(&browser.context, &user).await?;
    let user = browser.current(&user).await?;
    // While the ceremony can still be used: the authenticator has made the passkey.
    if let Some(name) = &request.name
        && !name.is_empty()
        && !UserPasskey::is_name(name)
    {
        return Err(IdentityError::InvalidPasskeyName(UserPasskey::MAX_NAME_LENGTH).into());
    }
    let (accounts, context) = (browser.context.accounts().await?, &browser.context);
    let state = context.take_ceremony(PasskeyOperation::Attestation).await?;
    let state = state.map_err(|no_ceremony| IdentityError::from(PasskeyRefusal::from(no_ceremony)))?;
    let answer = browser.answer(&request.credential_json, &state);
    let passkey = accounts.add_passkey(&user, answer, request.name.as_deref()).await??;
    identity.notify(&user, AccountNotice::PasskeyAdded).await;
    Ok(Json(PasskeyRegistrationResponse {
        credential_id: passkey.credential_id.to_string(),
        name: passkey.name,
    }))
}
