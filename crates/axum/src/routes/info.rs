//! `GET` and `POST /manage/info`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wicketgate_identity::{IdentityError, IdentityResult, User, text::is_email_address};
use zeroize::Zeroizing;

use crate::{
    Identity, SignedIn,
    authentication::{Authentication, AuthenticationContext},
    confirmation_mail::{Confirmation, mail_link},
    json::{self, JsonBody},
    openapi::HttpValidationProblemDetails,
    problem::{Failure, ValidationProblem},
};

/// What is to change about an account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InfoRequest {
    /// The account has it once the link that is mailed there was followed.
    new_email: Option<String>,
    #[schema(value_type = Option<String>)]
    new_password: Option<Zeroizing<String>>,
    /// Needed with a new password.
    #[schema(value_type = Option<String>)]
    old_password: Option<Zeroizing<String>>,
}

/// What an account says about itself.
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

/// Shows the signed-in user's account.
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
pub(super) async fn get_info(State(identity): State<Identity>, user: SignedIn) -> Result<Response, Failure> {
    match identity.accounts().find_by_principal(user.principal()).await? {
        Some(user) => json::ok(&InfoResponse::new(user)),
        None => Ok(StatusCode::NOT_FOUND.into_response()),
    }
}

/// Changes the password of the signed-in user's account, and mails a link that changes its address.
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
    JsonBody(request): JsonBody<InfoRequest>,
) -> Result<Response, Failure> {
    let Some(mut user) = identity.accounts().find_by_principal(user.principal()).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    match change(&context, &mut user, request).await? {
        Ok(()) => json::ok(&InfoResponse::new(user)),
        Err(errors) => Ok(ValidationProblem::new(errors).into_response()),
    }
}

async fn change(
    context: &AuthenticationContext,
    user: &mut User,
    request: InfoRequest,
) -> Result<IdentityResult, Failure> {
    let new_email = request.new_email.filter(|address| !address.is_empty());
    let accounts = context.identity().accounts();
    let is_possible = |address: &str| is_email_address(address) && accounts.can_keep(address);
    if let Some(address) = new_email.as_ref().filter(|address| !is_possible(address)) {
        return Ok(Err(vec![IdentityError::InvalidEmail(address.clone())]));
    }
    if let Some(new_password) = request.new_password.filter(|password| !password.is_empty()) {
        let Some(old_password) = request.old_password.filter(|password| !password.is_empty()) else {
            return Ok(Err(vec![IdentityError::OldPasswordRequired]));
        };
        if let Err(errors) = accounts.change_password(user, &old_password, &new_password).await? {
            return Ok(Err(errors));
        }
    }
    if let Some(address) = new_email.filter(|address| user.email.as_ref() != Some(address)) {
        mail_link(context, user, Confirmation::Change(&address)).await?;
    }
    Ok(Ok(()))
}
