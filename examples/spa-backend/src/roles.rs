//! `GET /roles`

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate::{Json, SignedIn};

/// What a claim says, and who says it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleClaim {
    issuer: String,
    original_issuer: String,
    #[serde(rename = "type")]
    claim_type: String,
    value: String,
    value_type: String,
}

/// The user's roles, as a front end asks for them to decide what to show.
#[utoipa::path(
    get,
    path = "/roles",
    tag = "Application",
    operation_id = "getRoles",
    security(("Bearer" = []), ("Cookie" = [])),
    responses((status = 200, description = "OK", body = [RoleClaim]), (status = 401, description = "Unauthorized")),
)]
pub(crate) async fn roles(user: SignedIn) -> Json<Vec<RoleClaim>> {
    // Which claims are roles can be configured, and each identity says it.
    let identities = user.principal().identities.iter();
    let roles = identities.flat_map(|identity| identity.find_all(&identity.role_claim_type));
    Json(
        roles
            .map(|claim| RoleClaim {
                issuer: claim.issuer.to_string(),
                original_issuer: claim.original_issuer.to_string(),
                claim_type: claim.claim_type.to_string(),
                value: claim.value.clone(),
                value_type: claim.value_type.to_string(),
            })
            .collect(),
    )
}
