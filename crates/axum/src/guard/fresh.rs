//! The guard for what asks that the user has proved lately who they are.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::request::Parts;
use time::Duration;
use wicketgate_identity::{Session, account::Confirmed};

use super::SignedIn;
use crate::{
    answer::{Failure, Refusal},
    authentication::AuthenticationContext,
};

/// A user who has proved lately who they are: by signing in, or by `POST /manage/confirm`. Lately means within
/// [`SessionOptions::fresh_for`](wicketgate_identity::options::SessionOptions::fresh_for). Others get 401 with a problem whose `type`
/// is `urn:wicketgate:fresh-sign-in-required`, and whose `methods` say what `/manage/confirm` takes from them.
///
/// It needs [sessions](wicketgate_identity::options::SessionOptions). As a layer it is
/// [`Require::fresh`](crate::Require::fresh), which takes an age of its own.
///
/// ```
/// use wicketgate_axum::Fresh;
///
/// async fn pay(user: Fresh) -> String {
///     format!("Thank you, {}!", user.signed_in().name())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Fresh(SignedIn);

impl Fresh {
    /// The user.
    pub fn signed_in(&self) -> &SignedIn {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Fresh {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let user = <SignedIn as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let context = AuthenticationContext::of(&parts.extensions).map_err(IntoResponse::into_response)?;
        let checked = check(&context, user.id(), None).await;
        checked.map_err(IntoResponse::into_response)?;
        Ok(Self(user))
    }
}

/// Refuses a user who has not proved within this time, or that of the options, who they are.
pub(crate) async fn check(
    context: &AuthenticationContext,
    user: &str,
    within: Option<Duration>,
) -> Result<(), Refusal> {
    let accounts = context.identity().accounts();
    accounts.sessions().ok_or(Failure::NoSessions)?;
    let session = session_of(context, user).await?;
    let within = within.unwrap_or(accounts.options().sessions.fresh_for);
    if accounts.is_fresh(&session, within).await? {
        return Ok(());
    }
    let methods = accounts.confirmation_methods(&session.user).await?;
    Err(Refusal::NotFresh { methods, within })
}

/// Whether the request's session is this user's and fresh enough for the options; not where there are no sessions.
pub(crate) async fn is_fresh(context: &AuthenticationContext, user: &str) -> Result<bool, Refusal> {
    let accounts = context.identity().accounts();
    match context.session().await? {
        Some(session) if session.user.as_str() == user => Ok(accounts
            .is_fresh(&session, accounts.options().sessions.fresh_for)
            .await?),
        _ => Ok(false),
    }
}

/// The request's session, if it is this user's: where a route takes cookies alone, the token beside may be somebody else's.
pub(crate) async fn session_of(context: &AuthenticationContext, user: &str) -> Result<Arc<Session>, Refusal> {
    let session = context.session().await?;
    let own = session.filter(|session| session.user.as_str() == user);
    own.ok_or(Refusal::NotSignedIn)
}

/// The same for the Identity API's own endpoints, where the options ask for it.
pub(crate) async fn check_where_required(context: &AuthenticationContext, user: &SignedIn) -> Result<(), Refusal> {
    let accounts = context.identity().accounts();
    match accounts.sessions() {
        Some(_) if accounts.options().sessions.require_fresh_sign_in => check(context, user.id(), None).await,
        _ => Ok(()),
    }
}

/// The user of the request's session, where there are sessions, has given a right code for something else.
pub(crate) async fn confirmed_by_code(context: &AuthenticationContext) -> Result<(), Refusal> {
    if let Some(session) = context.session().await?
        && let Confirmed::Yes(at) = context.identity().accounts().confirmed_by_code(&session).await?
    {
        context.confirmed(at).await?;
    }
    Ok(())
}
