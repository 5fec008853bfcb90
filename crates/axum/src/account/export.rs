//! `GET /manage/account/export`, which ASP.NET Core does not have.

use axum::{extract::State, response::IntoResponse};
use http::{StatusCode, header::CACHE_CONTROL};
use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_identity::event::StoredEvent;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::passkey::UserPasskey;
use wicketgate_identity::{Accounts, Error, User};

use crate::{
    Identity, SignedIn,
    answer::{Json, Refusal, instant},
    authentication::Authentication,
    guard::fresh,
    limits::LimitedClient,
    routes::ProblemDetails,
    sessions::SessionResponse,
};

/// How many events are written out.
const MOST_EVENTS: usize = 500;

/// What is kept about a person, without passwords, keys and codes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportResponse {
    account: ExportedAccount,
    claims: Vec<ExportedClaim>,
    /// The names of the account's roles.
    roles: Vec<String>,
    /// The oldest first.
    passkeys: Vec<ExportedPasskey>,
    /// Where the account is signed in: those that were used last first; at most a hundred.
    sessions: Vec<SessionResponse>,
    /// What happened to the account, newest first; at most 500. None where no events are kept.
    events: Option<Vec<ExportedEvent>>,
    /// Whether there are older ones.
    has_older_events: bool,
}

/// The account itself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedAccount {
    id: String,
    user_name: Option<String>,
    email: Option<String>,
    is_email_confirmed: bool,
    phone_number: Option<String>,
    is_phone_number_confirmed: bool,
    has_password: bool,
    is_two_factor_enabled: bool,
    has_authenticator_key: bool,
    #[schema(value_type = i32)]
    recovery_codes_left: usize,
    /// How many attempts to sign in failed since the last one that succeeded.
    failed_attempts: i32,
    /// Until when the account is locked, or was.
    #[schema(format = DateTime)]
    locked_until: Option<String>,
}

/// A claim of the account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedClaim {
    #[serde(rename = "type")]
    claim_type: String,
    value: String,
}

/// A passkey of the account, without its key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportedPasskey {
    /// What its owner calls it.
    name: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// How the authenticator can be reached, such as `internal` or `usb`, as far as it is known.
    transports: Vec<String>,
}

/// Something that happened to the account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedEvent {
    #[schema(format = DateTime)]
    at: String,
    /// What, such as `signed_in`.
    kind: String,
    /// What else there is to say.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// The network that the request came from.
    client: Option<String>,
}

/// Returns what is kept about the signed-in user.
#[utoipa::path(
    get,
    path = "/manage/account/export",
    tag = "Identity",
    operation_id = "exportAccount",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = ExportResponse),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn export(
    State(identity): State<Identity>,
    signed_in: SignedIn,
    Authentication(context): Authentication,
    client: LimitedClient,
) -> Result<impl IntoResponse, Refusal> {
    fresh::check_where_required(&context, &signed_in).await?;
    client.check_known(LimitedAction::Info, Some(signed_in.id())).await?;
    let accounts = identity.accounts();
    let user = accounts.find_by_principal(signed_in.principal()).await?;
    let user = user.ok_or(StatusCode::NOT_FOUND)?;
    let current = context.session().await?.ok_or(Refusal::NotSignedIn)?;
    let claims = accounts.claims(&user).await?;
    let sessions = match accounts.sessions() {
        Some(sessions) => sessions.list(&user.id).await?,
        None => Vec::new(),
    };
    let passkeys = accounts.passkeys(&user.id).await?;
    let events = events(accounts, &user).await?;
    let exported = ExportResponse {
        claims: claims
            .claims
            .into_iter()
            .map(|(claim_type, value)| ExportedClaim { claim_type, value })
            .collect(),
        roles: claims.roles.into_iter().map(|(name, _)| name).collect(),
        passkeys: passkeys.into_iter().map(ExportedPasskey::from).collect(),
        sessions: sessions
            .into_iter()
            .map(|session| SessionResponse::new(session, &current.id))
            .collect(),
        has_older_events: events.as_ref().is_some_and(|events| events.len() > MOST_EVENTS),
        events: events.map(|events| events.into_iter().take(MOST_EVENTS).map(ExportedEvent::from).collect()),
        account: account(accounts, user).await?,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(exported)))
}

async fn account(accounts: &Accounts, user: User) -> Result<ExportedAccount, Error> {
    let key = accounts.store().authenticator_key(&user.id).await?;
    Ok(ExportedAccount {
        recovery_codes_left: accounts.count_recovery_codes(&user).await?,
        has_authenticator_key: key.is_some_and(|key| !key.is_empty()),
        id: user.id.as_str().to_owned(),
        user_name: user.user_name,
        email: user.email,
        is_email_confirmed: user.email_confirmed,
        phone_number: user.phone_number,
        is_phone_number_confirmed: user.phone_number_confirmed,
        has_password: user.password_hash.is_some(),
        is_two_factor_enabled: user.two_factor_enabled,
        failed_attempts: user.access_failed_count,
        locked_until: user.lockout_end.map(instant),
    })
}

/// One more than are shown, if there are more.
async fn events(accounts: &Accounts, user: &User) -> Result<Option<Vec<StoredEvent>>, Error> {
    let Some(events) = accounts.stores().events() else {
        return Ok(None);
    };
    Ok(Some(events.newest_of(&user.id, MOST_EVENTS + 1).await?))
}

impl From<UserPasskey> for ExportedPasskey {
    fn from(passkey: UserPasskey) -> Self {
        Self {
            name: passkey.name,
            created_at: instant(passkey.created_at),
            transports: passkey.transports.unwrap_or_default(),
        }
    }
}

impl From<StoredEvent> for ExportedEvent {
    fn from(event: StoredEvent) -> Self {
        Self {
            at: instant(event.at),
            kind: event.kind,
            detail: serde_json::from_str(&event.detail).unwrap_or_default(),
            client: event.client,
        }
    }
}
