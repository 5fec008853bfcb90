//! `POST /passkeys/login`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::SignInResult;
use wicketgate_identity::limit::LimitedAction;

use super::browser::Browser;
use crate::{
    Identity,
    answer::Refusal,
    authentication::AccessTokenResponse,
    dotnet::{QueryParameters, json::JsonBody},
    limits::LimitedClient,
    routes::{
        login::{LoginAnswer, SignInTarget, refusal},
        openapi::ProblemDetails,
    },
};

/// A browser's answer to `/passkeys/requestOptions`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyLoginRequest {
    /// What `navigator.credentials.get()` returned, by `JSON.stringify()`.
    credential_json: String,
}

/// Signs in with a passkey, and returns what `/login` returns.
///
/// With `useCookies=true` or `useSessionCookies=true` in the query it sets a cookie instead and returns no body.
#[utoipa::path(
    post,
    path = "/passkeys/login",
    tag = "Identity",
    operation_id = "passkeyLogin",
    request_body(content = PasskeyLoginRequest, example = json!({"credentialJson": "{\"id\":\"…\"}"})),
    responses(
        (status = 200, description = "OK", body = AccessTokenResponse),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn login(
    State(identity): State<Identity>,
    browser: Browser,
    client: LimitedClient,
    query: QueryParameters,
    JsonBody(request): JsonBody<PasskeyLoginRequest>,
) -> Result<LoginAnswer, Refusal> {
    let (target, context) = (SignInTarget::from_query(&query)?, &browser.context);
    target.check_site(context)?;
    // Nobody guesses signatures, so no account is to be kept from being tried.
    client.check_known(LimitedAction::Login, None).await?;
    let state = browser.asked().await?;
    let answer = browser.answer(&request.credential_json, &state);
    match identity.sign_in().passkey(answer).await? {
        SignInResult::Succeeded(signed_in) => Ok(target.give(context, *signed_in).await?),
        refused => Err(refusal(&identity, refused)),
    }
}
