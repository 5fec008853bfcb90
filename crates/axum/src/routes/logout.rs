//! `POST /logout`

use wicketgate_identity::observer::{self, Observation};

use crate::{
    SignedIn,
    answer::Failure,
    authentication::Authentication,
    dotnet::json::{AnyValue, JsonBody},
};

/// Signs the browser out by deleting its cookies. Where sign-ins are sessions, that of the cookie or token ends, with its tokens;
/// otherwise tokens remain valid until they expire.
///
/// Any JSON will do as a body, but there must be one: pages of other origins cannot send JSON without permission, and so cannot
/// sign anybody out.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "Identity",
    operation_id = "logout",
    security(("Bearer" = []), ("Cookie" = [])),
    request_body(content = serde_json::Value, example = json!({})),
    responses((status = 200, description = "OK"), (status = 401, description = "Unauthorized")),
)]
pub(super) async fn logout(
    _: SignedIn,
    Authentication(context): Authentication,
    JsonBody(AnyValue): JsonBody<AnyValue>,
) -> Result<(), Failure> {
    context.end_session().await?;
    context.sign_out();
    observer::tell(&Observation::SignedOut);
    Ok(())
}
