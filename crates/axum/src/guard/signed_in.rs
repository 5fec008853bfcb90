//! The extractor for the signed-in user.

use std::{fmt, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use http::request::Parts;
use wicketgate_identity::ClaimsPrincipal;
use wicketgate_identity::claims::Claim;

use super::challenge;
use crate::authentication::AuthenticationContext;

/// The user who sent the request, by bearer token or cookie. Requests without one get 401, unless the handler takes
/// `Option<SignedIn>`.
///
/// Everything here comes from the token or cookie, and is as old as that; the account itself is in
/// [`Identity::accounts`](crate::Identity::accounts).
#[derive(Clone)]
pub struct SignedIn {
    principal: Arc<ClaimsPrincipal>,
    context: Arc<AuthenticationContext>,
}

impl SignedIn {
    /// The user's id; empty if the ticket has none.
    pub fn id(&self) -> &str {
        self.principal.user_id(self.context.claim_types()).unwrap_or_default()
    }

    /// The user's name; empty if the ticket has none.
    pub fn name(&self) -> &str {
        self.principal.name().unwrap_or_default()
    }

    /// The ticket's claims, in its order.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.principal.claims()
    }

    /// Whether the user has a role.
    pub fn is_in_role(&self, role: &str) -> bool {
        self.principal.is_in_role(role)
    }

    /// The ticket's principal.
    pub fn principal(&self) -> &ClaimsPrincipal {
        &self.principal
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn")
            .field("principal", &self.principal)
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// The principal that a [`Require`](crate::Require) layer let in, of the scheme that it requires, if any.
#[derive(Clone)]
pub(crate) struct CurrentPrincipal(pub(crate) Arc<ClaimsPrincipal>);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await? {
            Some(user) => Ok(user),
            None => {
                let context = AuthenticationContext::of(&parts.extensions).map_err(IntoResponse::into_response)?;
                Err(challenge::unauthenticated(&context, None))
            }
        }
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Self::Rejection> {
        let context = AuthenticationContext::of(&parts.extensions).map_err(IntoResponse::into_response)?;
        let principal = match parts.extensions.get::<CurrentPrincipal>() {
            Some(CurrentPrincipal(principal)) => Some(principal.clone()),
            None => context.principal(None).await.map_err(IntoResponse::into_response)?,
        };
        let signed_in = principal.filter(|principal| principal.is_authenticated());
        Ok(signed_in.map(|principal| Self { principal, context }))
    }
}
