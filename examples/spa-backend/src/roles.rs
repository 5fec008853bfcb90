use serde::Serialize;
use utoipa::ToSchema;
use wicketgate::{Json, SignedIn, claim_types};

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
    let roles = user.principal().find_all(claim_types::ROLE);
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
