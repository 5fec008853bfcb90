//! Bearer tokens: access and refresh tokens.

use std::{fmt, sync::Arc};

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use wicketgate_identity::ticket::{AccessToken, CachedTicketFormat, RefreshToken, Ticket, TicketFormat};
use wicketgate_identity::{ClaimsPrincipal, Error, SessionId, schemes};
use wicketgate_protection::{Clock, DataProtection};

use crate::{answer::Json, options::BearerTokenOptions};

/// Issues and reads access and refresh tokens (.NET's `BearerTokenHandler`).
#[derive(Debug)]
pub(crate) struct BearerTokens {
    access: CachedTicketFormat<AccessToken>,
    refresh: TicketFormat<RefreshToken>,
    options: BearerTokenOptions,
    clock: Arc<dyn Clock>,
}

/// A pair of tokens. As JSON it is what `/login` returns.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessTokenResponse {
    /// Always `Bearer`.
    #[schema(value_type = Option<String>)]
    token_type: &'static str,
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// Lifetime of the access token in seconds.
    expires_in: i64,
    /// For a new pair from `/refresh`.
    refresh_token: String,
}

impl AccessTokenResponse {
    /// To be sent as `Authorization: Bearer …`.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// For a new pair from `/refresh`.
    pub fn refresh_token(&self) -> &str {
        &self.refresh_token
    }
}

impl fmt::Debug for AccessTokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokenResponse")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

impl IntoResponse for AccessTokenResponse {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl BearerTokens {
    pub(crate) fn new(protection: &DataProtection, options: BearerTokenOptions, clock: Arc<dyn Clock>) -> Self {
        Self {
            access: CachedTicketFormat::new(TicketFormat::access_tokens(protection)),
            refresh: TicketFormat::refresh_tokens(protection),
            options,
            clock,
        }
    }

    /// A new pair for this user, which belongs to this session, where there are sessions, with the number of its refresh token.
    pub(crate) async fn issue(
        &self,
        principal: ClaimsPrincipal,
        session: Option<&SessionId>,
        refresh_number: i64,
    ) -> Result<AccessTokenResponse, Error> {
        let now = self.clock.now();
        let principal = Arc::new(principal);
        let ticket = |scheme, lifetime: Duration| {
            let mut ticket = Ticket::new(scheme, principal.clone());
            ticket.properties.set_expires(Some(now + lifetime));
            ticket.properties.set_session(session);
            ticket
        };
        let access = ticket(schemes::BEARER_ACCESS_TOKEN, self.options.bearer_token_expiration);
        let mut refresh = ticket(schemes::BEARER_REFRESH_TOKEN, self.options.refresh_token_expiration);
        refresh.properties.set_refresh_number(refresh_number);
        Ok(AccessTokenResponse {
            token_type: "Bearer",
            access_token: self.access.seal(&access).await?.into_string(),
            expires_in: self.options.bearer_token_expiration.whole_seconds(),
            refresh_token: self.refresh.seal(&refresh).await?.into_string(),
        })
    }

    /// The ticket in an access token that has not expired.
    pub(crate) async fn open_access_token(&self, token: &str) -> Result<Option<Arc<Ticket>>, Error> {
        let now = self.clock.now();
        let ticket = self.access.open(token, now).await?;
        Ok(ticket.filter(|ticket| is_current(ticket, now)))
    }

    /// The ticket in a refresh token that has not expired.
    pub(crate) async fn open_refresh_token(&self, token: &str) -> Result<Option<Ticket>, Error> {
        let ticket = self.refresh.open(token).await?;
        Ok(ticket.filter(|ticket| is_current(ticket, self.clock.now())))
    }
}

/// A token has expired at the instant that it names; a cookie is still valid then.
fn is_current(ticket: &Ticket, now: OffsetDateTime) -> bool {
    ticket.properties.expires().is_some_and(|expires| now < expires)
}
