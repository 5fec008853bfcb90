//! `POST /refresh`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::session::Rotation;
use zeroize::Zeroizing;

use crate::{
    Identity,
    answer::{Json, Refusal},
    authentication::AccessTokenResponse,
    dotnet::json::{self, JsonBody},
    limits::LimitedClient,
    sessions::Sender,
};

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshRequest {
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    refresh_token: Option<Zeroizing<String>>,
}

/// Returns a new pair of tokens for a refresh token, which remains valid until it expires, or works once where
/// `sessions.rotate_refresh_tokens` is on.
#[utoipa::path(
    post,
    path = "/refresh",
    tag = "Identity",
    operation_id = "refresh",
    request_body(content = RefreshRequest, example = json!({"refreshToken": "CfDJ8Kq0…"})),
    responses(
        (status = 200, description = "OK", body = AccessTokenResponse),
        (status = 401, description = "Unauthorized"),
    ),
)]
pub(super) async fn refresh(
    State(identity): State<Identity>,
    client: LimitedClient,
    JsonBody(request): JsonBody<RefreshRequest>,
) -> Result<Json<AccessTokenResponse>, Refusal> {
    let bearer = &identity.schemes().bearer;
    let token = request.refresh_token.unwrap_or_default();
    let ticket = bearer.open_refresh_token(&token).await?;
    let sender = match &ticket {
        Some(ticket) => Sender::of(&identity, ticket).await?,
        None => None,
    };
    let claim_types = &identity.accounts().options().claims_identity;
    // Of the sender: a token whose session has ended takes nothing from its former owner.
    let account = sender.as_ref().and_then(|sender| sender.principal.user_id(claim_types));
    client.check_known(LimitedAction::Refresh, account).await?;
    let (ticket, sender) = ticket.zip(sender).ok_or(Refusal::NotSignedIn)?;
    let user = sender.current_user(&identity).await?.ok_or(Refusal::NotSignedIn)?;
    // Before the token is used up: what fails here leaves it as it was.
    let principal = identity.accounts().principal(&user, None).await?;
    let session = sender.session.as_ref().map(|session| &session.id);
    let mut number = ticket.properties.refresh_number();
    if let (Some(sessions), Some(session)) = (identity.accounts().sessions(), session) {
        match sessions.rotate(&user.id, session, number).await? {
            Rotation::Successor(next) => number = next,
            Rotation::Reused => {
                identity.notify(&user, AccountNotice::RefreshTokenReused).await;
                return Err(Refusal::NotSignedIn);
            }
            Rotation::Ended => return Err(Refusal::NotSignedIn),
        }
    }
    Ok(Json(bearer.issue(principal, session, number).await?))
}
