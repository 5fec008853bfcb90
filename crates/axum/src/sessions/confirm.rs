//! `POST /manage/confirm`, which ASP.NET Core does not have.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::account::{Confirmation, Confirmed};
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::{Accounts, SignInResult};
use zeroize::Zeroizing;

use crate::{
    Identity, SignedIn,
    answer::Refusal,
    dotnet::json::JsonBody,
    guard::fresh,
    limits::LimitedClient,
    routes::{Browser, ProblemDetails},
};

/// Something that only the user knows or has: one of the four. While two-factor authentication is on, it is not the password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfirmRequest {
    #[schema(value_type = Option<String>)]
    password: Option<Zeroizing<String>>,
    /// A code from the authenticator app, if two-factor authentication is on.
    #[schema(value_type = Option<String>)]
    two_factor_code: Option<Zeroizing<String>>,
    /// A recovery code instead.
    #[schema(value_type = Option<String>)]
    two_factor_recovery_code: Option<Zeroizing<String>>,
    /// What `navigator.credentials.get()` returned, by `JSON.stringify()`, for the options of `/passkeys/requestOptions`.
    credential_json: Option<String>,
}

impl ConfirmRequest {
    /// As `/login` reads it: the authenticator's code takes precedence, and what is empty counts as absent.
    fn confirmation(&self) -> Option<Confirmation<'_>> {
        let code = given(self.two_factor_code.as_ref()).map(Confirmation::AuthenticatorCode);
        let recovery_code = given(self.two_factor_recovery_code.as_ref()).map(Confirmation::RecoveryCode);
        let password = given(self.password.as_ref()).map(Confirmation::Password);
        code.or(recovery_code).or(password)
    }

    /// The answer of a passkey, where there are passkeys. It takes precedence over all else.
    fn credential_json(&self, accounts: &Accounts) -> Option<&str> {
        let given = self.credential_json.as_deref().filter(|json| !json.is_empty());
        given.filter(|_| accounts.has_passkeys())
    }
}

fn given(text: Option<&Zeroizing<String>>) -> Option<&str> {
    text.map(|text| text.as_str()).filter(|text| !text.is_empty())
}

/// Proves again who the signed-in user is, for what asks for a fresh sign-in. The session stays the same; a browser gets a new cookie
/// of it.
///
/// A wrong password or code counts as a failed sign-in. A passkey answers the options of `/passkeys/requestOptions`.
#[utoipa::path(
    post,
    path = "/manage/confirm",
    tag = "Identity",
    operation_id = "confirm",
    security(("Bearer" = []), ("Cookie" = [])),
    request_body(content = ConfirmRequest, example = json!({"password": "Passw0rd!"})),
    responses(
        (status = 200, description = "OK"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn confirm(
    State(identity): State<Identity>,
    user: SignedIn,
    browser: Browser,
    client: LimitedClient,
    JsonBody(request): JsonBody<ConfirmRequest>,
) -> Result<(), Refusal> {
    client.check_known(LimitedAction::Login, Some(user.id())).await?;
    let (accounts, context) = (identity.accounts(), &browser.context);
    let state;
    let confirmation = match request.credential_json(accounts) {
        Some(credential_json) => {
            state = browser.asked().await?;
            Confirmation::Passkey(browser.answer(credential_json, &state))
        }
        None => request.confirmation().ok_or(Refusal::SignIn(SignInResult::Failed))?,
    };
    let session = fresh::session_of(context, user.id()).await?;
    match accounts.confirm(&session, confirmation).await? {
        Confirmed::Yes(at) => context.confirmed(at).await.map_err(Refusal::from),
        Confirmed::RequiresTwoFactor => Err(Refusal::SignIn(SignInResult::RequiresTwoFactor)),
        Confirmed::No => Err(Refusal::SignIn(SignInResult::Failed)),
        Confirmed::LockedOut => Err(Refusal::SignIn(SignInResult::LockedOut)),
        Confirmed::Ended => Err(Refusal::NotSignedIn),
    }
}
