//! `POST /logout`

use crate::{
    SignedIn,
    authentication::Authentication,
    dotnet::json::{AnyValue, JsonBody},
};

/// Signs the browser out: takes its cookies away. Tokens go on working until they end.
///
/// The body must be there, whatever it is: a page of another origin cannot send JSON without asking first, so it cannot
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
) {
    context.sign_out();
}
