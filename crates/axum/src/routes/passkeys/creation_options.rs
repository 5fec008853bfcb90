//! `POST /manage/passkeys/creationOptions`

use axum::extract::State;
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::passkey::PasskeyOperation;

use super::browser::Browser;
use crate::{
    Identity, SignedIn,
    answer::{Refusal, WrittenJson},
    guard::fresh,
    limits::LimitedClient,
    routes::openapi::ProblemDetails,
};

/// What `PublicKeyCredential.parseCreationOptionsFromJSON()` takes.
#[derive(ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct PasskeyCreationOptionsJson(());

/// Begins to add a passkey to the account: returns what the browser needs, and sets a cookie that `POST /manage/passkeys` needs.
#[utoipa::path(
    post,
    path = "/manage/passkeys/creationOptions",
    tag = "Identity",
    operation_id = "passkeyCreationOptions",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = PasskeyCreationOptionsJson),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn creation_options(
    State(identity): State<Identity>,
    user: SignedIn,
    browser: Browser,
    client: LimitedClient,
) -> Result<WrittenJson, Refusal> {
    browser.context.refuse_cross_site()?;
    client.check_known(LimitedAction::Info, Some(user.id())).await?;
    fresh::check_where_required(&browser.context, &user).await?;
    let user = browser.current(&user).await?;
    let options = identity
        .accounts()
        .passkey_creation_options(&user, browser.host())
        .await?;
    let state = options.state.to_json();
    browser
        .context
        .begin_ceremony(PasskeyOperation::Attestation, state)
        .await?;
    Ok(WrittenJson(options.json))
}
