//! `GET` and `POST /manage/info`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::text::is_email_address;
use wicketgate_identity::{IdentityError, User};
use zeroize::Zeroizing;

use super::openapi::HttpValidationProblemDetails;
use crate::{
    Endpoint, Identity, SignedIn,
    answer::{Json, Refusal},
    authentication::{Authentication, AuthenticationContext},
    dotnet::json::JsonBody,
    guard::fresh,
    limits::LimitedClient,
    mail::{Confirmation, link_mail},
};

/// Changes to an account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InfoRequest {
    /// The new e-mail address. A link is mailed there, and the address changes when the link is followed.
    new_email: Option<String>,
    #[schema(value_type = Option<String>)]
    new_password: Option<Zeroizing<String>>,
    /// Required with a new password.
    #[schema(value_type = Option<String>)]
    old_password: Option<Zeroizing<String>>,
}

impl InfoRequest {
    fn changes_something(&self) -> bool {
        let is_given = |text: &str| !text.is_empty();
        self.new_email.as_deref().is_some_and(is_given)
            || self.new_password.as_deref().is_some_and(|text| is_given(text))
    }

    /// Whether it asks for another address, and no password beside it proves who asks: a new one needs the old one, which is not
    /// enough where the second factor is on.
    fn asks_for_fresh_sign_in(&self, user: &User) -> bool {
        let has_password = self.new_password.as_ref().is_some_and(|text| !text.is_empty());
        let new_email = self.new_email.as_ref().filter(|address| !address.is_empty());
        let has_proof = has_password && !user.two_factor_enabled;
        !has_proof && new_email.is_some_and(|address| user.email.as_ref() != Some(address))
    }
}

/// An account's address.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InfoResponse {
    email: String,
    is_email_confirmed: bool,
}

impl InfoResponse {
    fn new(user: User) -> Self {
        Self {
            email: user.email.unwrap_or_default(),
            is_email_confirmed: user.email_confirmed,
        }
    }
}

/// Returns the signed-in user's address.
#[utoipa::path(
    get,
    path = "/manage/info",
    tag = "Identity",
    operation_id = "getInfo",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = InfoResponse),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn get_info(State(identity): State<Identity>, user: SignedIn) -> Result<Json<InfoResponse>, Refusal> {
    let user = identity.accounts().find_by_principal(user.principal()).await?;
    let user = user.ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(InfoResponse::new(user)))
}

/// Changes the signed-in user's password, and mails a link to change the address.
#[utoipa::path(
    post,
    path = "/manage/info",
    tag = "Identity",
    operation_id = "updateInfo",
    security(("Bearer" = []), ("Cookie" = [])),
    request_body(content = InfoRequest, example = json!({"newPassword": "Passw0rd!2", "oldPassword": "Passw0rd!"})),
    responses(
        (status = 200, description = "OK", body = InfoResponse),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn post_info(
    State(identity): State<Identity>,
    user: SignedIn,
    Authentication(context): Authentication,
    client: LimitedClient,
    JsonBody(request): JsonBody<InfoRequest>,
) -> Result<Json<InfoResponse>, Refusal> {
    if request.changes_something() {
        client.check_known(LimitedAction::Info, Some(user.id())).await?;
    }
    let found = identity.accounts().find_by_principal(user.principal()).await?;
    let mut found = found.ok_or(StatusCode::NOT_FOUND)?;
    if request.asks_for_fresh_sign_in(&found) {
        fresh::check_where_required(&context, &user).await?;
    }
    change(&context, &mut found, request).await?;
    Ok(Json(InfoResponse::new(found)))
}

async fn change(context: &AuthenticationContext, user: &mut User, request: InfoRequest) -> Result<(), Refusal> {
    let new_email = request.new_email.filter(|address| !address.is_empty());
    let accounts = context.accounts().await?;
    let is_possible = |address: &str| is_email_address(address) && accounts.can_keep(address);
    if let Some(address) = new_email.as_ref().filter(|address| !is_possible(address)) {
        return Err(IdentityError::InvalidEmail(address.clone()).into());
    }
    if let Some(new_password) = request.new_password.filter(|password| !password.is_empty()) {
        let old_password = request.old_password.filter(|password| !password.is_empty());
        let old_password = old_password.ok_or(IdentityError::OldPasswordRequired)?;
        accounts.change_password(user, &old_password, &new_password).await??;
        context.identity().notify(user, AccountNotice::PasswordChanged).await;
    }
    if let Some(address) = new_email.filter(|address| user.email.as_ref() != Some(address)) {
        let mail = link_mail(context, Endpoint::Info, user, Confirmation::Change(&address)).await?;
        context.identity().send(mail, &address).await?;
    }
    Ok(())
}
