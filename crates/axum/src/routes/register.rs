//! `POST /register`

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::ToSchema;
use wicketgate_identity::IdentityError;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::text::is_email_address;
use zeroize::Zeroizing;

use super::openapi::HttpValidationProblemDetails;
use crate::{
    Endpoint, Identity,
    answer::{Failure, Refusal},
    authentication::Authentication,
    dotnet::json::{self, JsonBody},
    limits::LimitedClient,
    mail::{Confirmation, LinkMail},
};

/// The new account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RegisterRequest {
    /// The e-mail address, which is also the user name.
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    email: Option<String>,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    password: Option<Zeroizing<String>>,
}

/// Creates an account and mails a link to confirm its address.
#[utoipa::path(
    post,
    path = "/register",
    tag = "Identity",
    operation_id = "register",
    request_body(content = RegisterRequest, example = json!({"email": "ada@example.com", "password": "Passw0rd!"})),
    responses(
        (status = 200, description = "OK"),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn register(
    State(identity): State<Identity>,
    Authentication(context): Authentication,
    client: LimitedClient,
    JsonBody(request): JsonBody<RegisterRequest>,
) -> Result<(), Refusal> {
    let email = request.email.unwrap_or_default();
    client.check(LimitedAction::Register, &email).await?;
    let Some(password) = request.password else {
        // .NET checks the address first, and then fails because of the missing password.
        return Err(match is_email_address(&email) {
            true => StatusCode::BAD_REQUEST.into(),
            false => IdentityError::InvalidEmail(email).into(),
        });
    };
    let accounts = identity.accounts();
    let account = accounts.new_account(&email, &password).await??;
    let mail = LinkMail::new(&context, Endpoint::Register, Confirmation::Own);
    if !accounts.options().user.conceal_existence {
        identity.parts().email.create(accounts, account, &mail).await??;
        return Ok(());
    }
    let start = Instant::now();
    match identity.parts().email.create(accounts, account, &mail).await? {
        Ok(_) => {}
        Err(errors) if errors.iter().all(IdentityError::is_taken) => tell_owner(&identity, &email).await?,
        Err(errors) => return Err(errors.into()),
    }
    // Either may be the slower one: a taken address costs a transaction more, a free one writes more in its own.
    let time = &identity.parts().registration_time;
    time.counted_since(start);
    time.wait_since(start).await;
    Ok(())
}

/// The address is taken. Its owner hears of it, and nobody else does.
async fn tell_owner(identity: &Identity, email: &str) -> Result<(), Failure> {
    let accounts = identity.accounts();
    let owner = match accounts.find_by_name(email).await? {
        None => accounts.find_by_email(email).await?,
        owner => owner,
    };
    if let Some(owner) = owner {
        let address = owner.email.as_deref();
        let notice = match owner.email_confirmed {
            true => AccountNotice::RegistrationAttempted,
            // Never with a link: following it would let in whoever registered the address first.
            false => AccountNotice::RegistrationAttemptedUnconfirmed,
        };
        // At once: on a slow disk, two commits one after the other would take longer than a registration does.
        let tell = identity.tell(&owner, address, notice);
        let (kept, ()) = tokio::join!(accounts.keep_refused_registration(&owner, email), tell);
        kept?;
    }
    Ok(())
}
