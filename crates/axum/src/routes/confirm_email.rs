//! `GET /confirmEmail`

use axum::extract::State;
use http::StatusCode;
use wicketgate_identity::UserId;
use wicketgate_identity::account::UserToken;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;

use crate::{
    Identity,
    answer::{Failure, Refusal},
    dotnet::QueryParameters,
    limits::LimitedClient,
};

/// The parameters of a mailed link.
struct ConfirmEmailParameters {
    /// As somebody wrote it.
    user_id: String,
    code: String,
    /// The new address, if the link changes it.
    changed_email: Option<String>,
}

impl ConfirmEmailParameters {
    fn from_query(query: &QueryParameters) -> Option<Self> {
        Some(Self {
            user_id: query.text("userId")?,
            code: query.text("code")?,
            changed_email: query.text("changedEmail"),
        })
    }
}

/// Confirms an e-mail address; mailed links lead here.
#[utoipa::path(
    get,
    path = "/confirmEmail",
    tag = "Identity",
    operation_id = "confirmEmail",
    params(
        ("userId" = String, Query, description = "The id of the account."),
        ("code" = String, Query, description = "The code from the mail."),
        ("changedEmail" = Option<String>, Query, nullable = false, description = "The new address, if the link changes it."),
    ),
    responses(
        (status = 200, description = "OK", body = String, content_type = "text/plain"),
        (status = 400, description = "Bad Request"),
        (status = 401, description = "Unauthorized"),
    ),
)]
pub(super) async fn confirm_email(
    State(identity): State<Identity>,
    client: LimitedClient,
    query: QueryParameters,
) -> Result<&'static str, Refusal> {
    let parameters = ConfirmEmailParameters::from_query(&query).ok_or(StatusCode::BAD_REQUEST)?;
    let user = identity.accounts().read_id(&parameters.user_id);
    // However often the id is written otherwise, it is one account's.
    let counted = user.as_ref().map_or(&*parameters.user_id, UserId::as_str);
    client.check(LimitedAction::ConfirmEmail, counted).await?;
    let Some(user) = user else {
        return Err(StatusCode::UNAUTHORIZED.into());
    };
    match is_confirmed(&identity, &user, parameters).await? {
        true => Ok("Thank you for confirming your email."),
        false => Err(StatusCode::UNAUTHORIZED.into()),
    }
}

/// Every refusal gets the same answer, so that it reveals nothing about accounts.
async fn is_confirmed(identity: &Identity, id: &UserId, parameters: ConfirmEmailParameters) -> Result<bool, Failure> {
    let accounts = identity.accounts();
    let Some(mut user) = accounts.find_by_id(id).await? else {
        return Ok(false);
    };
    let Ok(token) = UserToken::from_code(&parameters.code) else {
        return Ok(false);
    };
    let old_address = user.email.clone();
    let result = match parameters.changed_email {
        None => accounts.confirm_email(&mut user, &token).await?,
        Some(address) => accounts.change_email(&mut user, &address, &token).await?,
    };
    // It may have changed although the answer is a refusal, because the name stays.
    if user.email != old_address {
        let old_address = old_address.as_deref();
        identity
            .notify_at(&user, old_address, AccountNotice::EmailChangedFrom)
            .await;
        identity.notify(&user, AccountNotice::EmailChangedTo).await;
    }
    Ok(result.is_ok())
}
