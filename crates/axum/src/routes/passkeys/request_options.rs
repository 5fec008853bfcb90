//! `POST /passkeys/requestOptions`

use axum::extract::State;
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::passkey::PasskeyOperation;

use super::browser::Browser;
use crate::{
    Identity,
    answer::{Refusal, WrittenJson},
    limits::LimitedClient,
};

/// What `PublicKeyCredential.parseRequestOptionsFromJSON()` takes.
#[derive(ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct PasskeyRequestOptionsJson(());

/// Begins a sign-in with a passkey: returns what the browser needs, and sets a cookie that `/passkeys/login` needs.
///
/// The answer is the same for everybody: the browser offers the passkeys that it has.
#[utoipa::path(
    post,
    path = "/passkeys/requestOptions",
    tag = "Identity",
    operation_id = "passkeyRequestOptions",
    responses((status = 200, description = "OK", body = PasskeyRequestOptionsJson)),
)]
pub(super) async fn request_options(
    State(identity): State<Identity>,
    browser: Browser,
    client: LimitedClient,
) -> Result<WrittenJson, Refusal> {
    browser.context.refuse_cross_site()?;
    client.check_known(LimitedAction::Login, None).await?;
    let options = identity.accounts().passkey_request_options(browser.host());
    let state = options.state.to_json();
    browser
        .context
        .begin_ceremony(PasskeyOperation::Assertion, state)
        .await?;
    Ok(WrittenJson(options.json))
}
