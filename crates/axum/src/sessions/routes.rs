//! `GET` and `DELETE /manage/sessions`, and `DELETE /manage/sessions/{id}`, which ASP.NET Core does not have.

use std::sync::Arc;

use axum::extract::{Path, State};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use wicketgate_identity::{EventKind, Session, SessionId, Sessions};

use super::confirm;
use crate::{
    Identity, SignedIn,
    answer::{Json, Refusal, instant},
    authentication::{Authentication, AuthenticationContext},
    guard::fresh,
};

/// The routes, for where there are sessions.
pub(crate) fn routes() -> OpenApiRouter<Identity> {
    OpenApiRouter::new()
        .routes(routes!(list, end_others))
        .routes(routes!(end))
}

/// Where there are sessions, too.
pub(crate) fn confirmation() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(confirm::confirm))
}

/// Where an account is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsResponse {
    /// Those that were used last first. There are no more than a hundred: another sign-in ends the one that was used longest ago.
    sessions: Vec<SessionResponse>,
}

/// A session: a browser or an app that is signed in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionResponse {
    id: String,
    /// Whether it is that of this request.
    is_current: bool,
    /// What it is kept by: `cookie` or `token`.
    kind: &'static str,
    /// When it began.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last used, to about a minute.
    #[schema(format = DateTime)]
    last_seen: String,
    /// When the user last proved who they are; without `methods`, when the session began.
    #[schema(format = DateTime)]
    authenticated: String,
    /// By what: `password`, `authenticator`, `recovery_code`, `passkey`; empty if the application signed them in without a proof.
    methods: Vec<&'static str>,
    /// The network that it began in, if that is kept.
    client: Option<String>,
    /// The browser or app, such as `Firefox on Windows`.
    user_agent: Option<String>,
}

impl SessionResponse {
    pub(crate) fn new(session: Session, current: &SessionId) -> Self {
        Self {
            is_current: session.id == *current,
            id: session.id.to_string(),
            kind: session.kind.name(),
            created: instant(session.created),
            last_seen: instant(session.last_seen),
            authenticated: instant(session.authenticated),
            methods: session.methods.iter().map(|method| method.name()).collect(),
            client: session.client,
            user_agent: session.user_agent,
        }
    }
}

/// Returns the browsers and apps that are signed in to the account.
#[utoipa::path(
    get,
    path = "/manage/sessions",
    tag = "Identity",
    operation_id = "getSessions",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 200, description = "OK", body = SessionsResponse),
        (status = 401, description = "Unauthorized"),
    ),
)]
async fn list(
    State(identity): State<Identity>,
    _: SignedIn,
    Authentication(context): Authentication,
) -> Result<Json<SessionsResponse>, Refusal> {
    let (sessions, current) = current(&identity, &context).await?;
    let listed = sessions.list(&current.user).await?;
    let listed = listed.into_iter();
    Ok(Json(SessionsResponse {
        sessions: listed
            .map(|session| SessionResponse::new(session, &current.id))
            .collect(),
    }))
}

/// Signs out all other browsers and apps of the account.
#[utoipa::path(
    delete,
    path = "/manage/sessions",
    tag = "Identity",
    operation_id = "endOtherSessions",
    security(("Bearer" = []), ("Cookie" = [])),
    responses(
        (status = 204, description = "No Content"),
        (status = 401, description = "Unauthorized"),
    ),
)]
async fn end_others(
    State(identity): State<Identity>,
    user: SignedIn,
    Authentication(context): Authentication,
) -> Result<StatusCode, Refusal> {
    fresh::check_where_required(&context, &user).await?;
    let (sessions, current) = current(&identity, &context).await?;
    sessions.end_others(&current.user, Some(&current.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out one browser or app of the account, which may be the one that asks.
#[utoipa::path(
    delete,
    path = "/manage/sessions/{id}",
    tag = "Identity",
    operation_id = "endSession",
    security(("Bearer" = []), ("Cookie" = [])),
    params(("id" = String, Path, description = "The id of the session.")),
    responses(
        (status = 204, description = "No Content"),
        (status = 401, description = "Unauthorized"),
        (status = 404, description = "Not Found"),
    ),
)]
async fn end(
    State(identity): State<Identity>,
    user: SignedIn,
    Authentication(context): Authentication,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let (sessions, current) = current(&identity, &context).await?;
    let id = SessionId::from_text(&id).ok_or(StatusCode::NOT_FOUND)?;
    if id != current.id {
        fresh::check_where_required(&context, &user).await?;
    }
    if !sessions.end(&current.user, &id, EventKind::SessionEnded).await? {
        return Err(StatusCode::NOT_FOUND.into());
    }
    if id == current.id {
        context.sign_out();
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The sessions, and the one of the request.
async fn current<'a>(
    identity: &'a Identity,
    context: &AuthenticationContext,
) -> Result<(&'a Sessions, Arc<Session>), Refusal> {
    match (identity.accounts().sessions(), context.session().await?) {
        (Some(sessions), Some(current)) => Ok((sessions, current)),
        _ => Err(Refusal::NotSignedIn),
    }
}
