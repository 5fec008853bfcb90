//! The bearer token that came with a request.

use std::sync::Arc;

use http::HeaderMap;
use wicketgate_identity::{ClaimsPrincipal, Error};

use super::{Schemes, bearer::bearer_token};

/// What is known from a request's bearer token.
pub(super) enum Bearer {
    NoToken,
    /// The token is not genuine, or has expired.
    Refused,
    Opened(Arc<ClaimsPrincipal>),
}

impl Bearer {
    pub(super) async fn read(schemes: &Schemes, headers: &HeaderMap) -> Result<Self, Error> {
        let Some(token) = bearer_token(headers) else {
            return Ok(Self::NoToken);
        };
        let ticket = schemes.bearer.open_access_token(&token).await?;
        Ok(ticket.map_or(Self::Refused, |ticket| Self::Opened(ticket.principal.clone())))
    }
}
