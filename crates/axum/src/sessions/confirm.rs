//! `POST /manage/confirm`, which ASP.NET Core does not have.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::SignInResult;
use wicketgate_identity::account::{Confirmation, Confirmed};
use wicketgate_identity::limit::LimitedAction;
use zeroize::Zeroizing;

use crate::{
    Identity, SignedIn, answer::Refusal, authentication::Authentication, dotnet::json::JsonBody, guard::fresh,
    limits::LimitedClient, routes::ProblemDetails,
};

/// Something that only the user knows or has: one of the three. While two-factor authentication is on, it is a code.
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
}

impl ConfirmRequest {
    /// As `/login` reads it: the authenticator's code takes precedence, and what is empty counts as absent.
    fn confirmation(&self) -> Option<Confirmation<'_>> {
        let code = given(self.two_factor_code.as_ref()).map(Confirmation::AuthenticatorCode);
        let recovery_code = given(self.two_factor_recovery_code.as_ref()).map(Confirmation::RecoveryCode);
        let password = given(self.password.as_ref()).map(Confirmation::Password);
        code.or(recovery_code).or(password)
    }
}

fn given(text: Option<&Zeroizing<String>>) -> Option<&str> {
    text.map(|text| text.as_str()).filter(|text| !text.is_empty())
}

/// Proves again who the signed-in user is, for what asks for a fresh sign-in. The session stays the same; a browser gets a new cookie
/// of it.
///
/// A wrong password or code counts as a failed sign-in.
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
    Authentication(context): Authentication,
    client: LimitedClient,
    JsonBody(request): JsonBody<ConfirmRequest>,
) -> Result<(), Refusal> {
    client.check_known(LimitedAction::Login, Some(user.id())).await?;
    let confirmation = request.confirmation().ok_or(Refusal::SignIn(SignInResult::Failed))?;
    let session = fresh::session_of(&context, user.id()).await?;
    match identity.accounts().confirm(&session, confirmation).await? {
        Confirmed::Yes(at) => context.confirmed(at).await.map_err(Refusal::from),
        Confirmed::RequiresTwoFactor => Err(Refusal::SignIn(SignInResult::RequiresTwoFactor)),
        Confirmed::No => Err(Refusal::SignIn(SignInResult::Failed)),
        Confirmed::LockedOut => Err(Refusal::SignIn(SignInResult::LockedOut)),
        Confirmed::Ended => Err(Refusal::NotSignedIn),
    }
}
