//! `GET /manage/passkeys`, and `PUT` and `DELETE /manage/passkeys/{credentialId}`

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use http::{StatusCode, request::Parts};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::passkey::{CredentialId, UserPasskey};

use super::browser::Browser;
use crate::{
    Identity, SignedIn,
    answer::{Json, Refusal},
    dotnet::json::JsonBody,
    guard::fresh,
    limits::LimitedClient,
    routes::openapi::{HttpValidationProblemDetails, ProblemDetails},
};

/// A passkey of the account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyResponse {
    credential_id: String,
    name: Option<String>,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<UserPasskey> for PasskeyResponse {
    fn from(passkey: UserPasskey) -> Self {
        Self {
            credential_id: passkey.credential_id.to_string(),
            created_at: written(passkey.created_at),
            name: passkey.name,
        }
    }
}

/// As System.Text.Json writes a `DateTimeOffset`: with an offset, never with a Z.
fn written(instant: OffsetDateTime) -> String {
    let written = instant.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default();
    written.replace('Z', "+00:00")
}

/// The passkey that the path ends with, if that can be the id of one. Not by the path's parameter: an intruder's authenticator can
/// choose an id that reads `creationOptions`, and nobody could remove that passkey.
pub(super) struct Credential(Option<CredentialId>);

impl<S: Sync> FromRequestParts<S> for Credential {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let (_, last) = parts.uri.path().rsplit_once('/').unwrap_or_default();
        Ok(Self(CredentialId::from_base64url(last)))
    }
}

/// Another name.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasskeyNameRequest {
    /// At most 200 characters; none if it is empty.
    name: Option<String>,
}

/// Returns the passkeys of the account, the oldest first.
#[utoipa::path(
    get,
    path = "/manage/passkeys",
    tag = "Identity",
    operation_id = "getPasskeys",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = Vec<PasskeyResponse>),
        (status = 401, description = "Unauthorized"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn list(
    State(identity): State<Identity>,
    user: SignedIn,
) -> Result<Json<Vec<PasskeyResponse>>, Refusal> {
    let accounts = identity.accounts();
    let user = accounts.find_by_principal(user.principal()).await?;
    let user = user.ok_or(StatusCode::NOT_FOUND)?;
    let passkeys = accounts.passkeys(&user.id).await?.into_iter();
    Ok(Json(passkeys.map(PasskeyResponse::from).collect()))
}

/// Gives a passkey of the account another name.
#[utoipa::path(
    put,
    path = "/manage/passkeys/{credentialId}",
    tag = "Identity",
    operation_id = "renamePasskey",
    security(("Bearer" = []), ("Cookie" = [])),
    params(("credentialId" = String, Path, description = "The id of the passkey.")),
    request_body(content = PasskeyNameRequest, example = json!({"name": "Laptop"})),
    responses(
        (status = 204, description = "No Content"),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn rename(
    State(identity): State<Identity>,
    user: SignedIn,
    browser: Browser,
    client: LimitedClient,
    Credential(id): Credential,
    JsonBody(request): JsonBody<PasskeyNameRequest>,
) -> Result<StatusCode, Refusal> {
    client.check_known(LimitedAction::Info, Some(user.id())).await?;
    let accounts = identity.accounts();
    let id = id.ok_or(StatusCode::NOT_FOUND)?;
    let user = browser.current(&user).await?;
    match accounts
        .rename_passkey(&user.id, &id, request.name.as_deref())
        .await??
    {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// Removes a passkey of the account. Whoever signed in with it is signed out, where there are sessions.
///
/// The only passkey of an account without a password cannot be removed.
#[utoipa::path(
    delete,
    path = "/manage/passkeys/{credentialId}",
    tag = "Identity",
    operation_id = "removePasskey",
    security(("Bearer" = []), ("Cookie" = [])),
    params(("credentialId" = String, Path, description = "The id of the passkey.")),
    responses(
        (status = 204, description = "No Content"),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn remove(
    State(identity): State<Identity>,
    user: SignedIn,
    browser: Browser,
    client: LimitedClient,
    Credential(id): Credential,
) -> Result<StatusCode, Refusal> {
    client.check_known(LimitedAction::Info, Some(user.id())).await?;
    let context = &browser.context;
    fresh::check_where_required(context, &user).await?;
    let id = id.ok_or(StatusCode::NOT_FOUND)?;
    let user = browser.current(&user).await?;
    let accounts = context.accounts().await?;
    if !accounts.remove_passkey(&user, &id).await?? {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let session = context.session().await?;
    if session.is_some_and(|session| session.credential == Some(id.to_string())) {
        context.sign_out();
    }
    identity.notify(&user, AccountNotice::PasskeyRemoved).await;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn instants_are_written_as_in_dotnet() {
        for (instant, text) in [
            (datetime!(2026-08-25 09:20:28 UTC), "2026-08-25T09:20:28+00:00"),
            (datetime!(2026-08-25 09:20:28.12 UTC), "2026-08-25T09:20:28.12+00:00"),
            (datetime!(2026-08-25 09:20:28 +2), "2026-08-25T07:20:28+00:00"),
        ] {
            assert_eq!(written(instant), text);
        }
    }
}
