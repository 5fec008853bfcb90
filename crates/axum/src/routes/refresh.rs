//! `POST /refresh`

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::{
    Identity,
    authentication::AccessTokenResponse,
    challenge,
    json::{self, JsonBody},
    problem::Failure,
};

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshRequest {
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    refresh_token: Option<Zeroizing<String>>,
}

/// Gives a new pair of tokens for a refresh token, which goes on working until it ends.
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
    JsonBody(request): JsonBody<RefreshRequest>,
) -> Result<Response, Failure> {
    let bearer = &identity.schemes().bearer;
    let token = request.refresh_token.unwrap_or_default();
    let Some(ticket) = bearer.open_refresh_token(&token).await? else {
        return Ok(challenge::bearer());
    };
    let Some(user) = identity.sign_in().validate_security_stamp(&ticket.principal).await? else {
        return Ok(challenge::bearer());
    };
    let principal = identity.accounts().principal(&user, None).await?;
    json::ok(&bearer.issue(principal).await?)
}
