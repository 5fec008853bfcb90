//! `DELETE /manage/account`, which ASP.NET Core does not have.

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;

use crate::{
    Identity, SignedIn,
    answer::{Json, Refusal, instant},
    authentication::Authentication,
    guard::fresh,
    limits::LimitedClient,
    routes::{HttpValidationProblemDetails, ProblemDetails},
};

/// What becomes of the account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletionResponse {
    /// When it is deleted. Until then it is closed, and can be restored by who runs the service.
    #[schema(format = DateTime)]
    deleted_at: String,
}

/// Closes the signed-in user's account, and has it deleted when the time of grace is over.
///
/// Nobody can sign in any more, and all browsers and apps are signed out.
#[utoipa::path(
    delete,
    path = "/manage/account",
    tag = "Identity",
    operation_id = "deleteAccount",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = DeletionResponse),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn delete(
    State(identity): State<Identity>,
    signed_in: SignedIn,
    Authentication(context): Authentication,
    client: LimitedClient,
) -> Result<Json<DeletionResponse>, Refusal> {
    client.check_known(LimitedAction::Info, Some(signed_in.id())).await?;
    // Whatever the options say.
    fresh::check(&context, signed_in.id(), None).await?;
    let accounts = identity.accounts();
    let user = accounts.find_by_principal(signed_in.principal()).await?;
    let mut user = user.ok_or(StatusCode::NOT_FOUND)?;
    let due = accounts.request_deletion(&mut user).await??;
    context.sign_out();
    identity
        .tell(&user, user.email.as_deref(), AccountNotice::DeletionRequested)
        .await;
    Ok(Json(DeletionResponse {
        deleted_at: instant(due),
    }))
}
