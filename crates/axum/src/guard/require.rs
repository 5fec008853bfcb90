//! The layer that lets only some users through.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use time::Duration;
use tower::{Layer, Service};
use wicketgate_identity::ClaimsPrincipal;

use super::{challenge, fresh, signed_in::CurrentPrincipal};
use crate::authentication::{AuthenticationContext, Scheme};

/// A layer that lets only some users through (.NET's `RequireAuthorization`).
///
/// Use it with `route_layer`, so that a wrong method gets 405 rather than 401. It needs
/// [`Identity::layer`](crate::Identity::layer) around it.
///
/// ```
/// use axum::{Router, routing::get};
/// use wicketgate_axum::Require;
///
/// let reports: Router = Router::new()
///     .route("/reports", get(|| async { "for managers" }).route_layer(Require::role("Manager")));
/// ```
#[derive(Debug, Clone)]
pub struct Require {
    requirement: Arc<Requirement>,
}

/// What a user must meet (.NET's `AuthorizationPolicy`).
#[derive(Debug)]
enum Requirement {
    SignedIn,
    Role(String),
    Claim { claim_type: String, value: String },
    Scheme(Scheme),
    Fresh(Duration),
}

impl Require {
    /// Requires a signed-in user, by token or cookie. Others get 401.
    pub fn signed_in() -> Self {
        Self::new(Requirement::SignedIn)
    }

    /// Requires a user with this role. Others get 403, or 401 if they are not signed in.
    pub fn role(role: impl Into<String>) -> Self {
        Self::new(Requirement::Role(role.into()))
    }

    /// Requires a user with this claim. Others get 403, or 401 if they are not signed in.
    pub fn claim(claim_type: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(Requirement::Claim {
            claim_type: claim_type.into(),
            value: value.into(),
        })
    }

    /// Requires a user who signed in this way.
    ///
    /// As in .NET, a route for cookies only redirects others to a login page (302); one for tokens only answers 401.
    pub fn scheme(scheme: Scheme) -> Self {
        Self::new(Requirement::Scheme(scheme))
    }

    /// Requires a user who has proved within this time who they are, as [`Fresh`](crate::Fresh) does. Others get 401.
    pub fn fresh(within: Duration) -> Self {
        Self::new(Requirement::Fresh(within))
    }

    fn new(requirement: Requirement) -> Self {
        Self {
            requirement: Arc::new(requirement),
        }
    }
}

impl Requirement {
    /// The only scheme that counts, if there is one.
    fn only_scheme(&self) -> Option<Scheme> {
        match self {
            Self::Scheme(scheme) => Some(*scheme),
            Self::SignedIn | Self::Role(_) | Self::Claim { .. } | Self::Fresh(_) => None,
        }
    }

    fn is_met_by(&self, principal: &ClaimsPrincipal) -> bool {
        match self {
            Self::SignedIn | Self::Scheme(_) | Self::Fresh(_) => true,
            Self::Role(role) => principal.is_in_role(role),
            Self::Claim { claim_type, value } => principal.has_claim(claim_type, value),
        }
    }

    /// Lets the request through and notes its user, or answers it.
    async fn admit(&self, request: &mut Request) -> Result<(), Response> {
        let context = AuthenticationContext::of(request.extensions()).map_err(IntoResponse::into_response)?;
        let scheme = self.only_scheme();
        let principal = match context.principal(scheme).await {
            Ok(Some(principal)) if principal.is_authenticated() => principal,
            Ok(_) => return Err(challenge::unauthenticated(&context, scheme)),
            Err(failure) => return Err(failure.into_response()),
        };
        if !self.is_met_by(&principal) {
            return Err(challenge::forbidden(&context, scheme));
        }
        if let Self::Fresh(within) = self {
            let user = principal.user_id(context.claim_types()).unwrap_or_default();
            let checked = fresh::check(&context, user, Some(*within)).await;
            checked.map_err(IntoResponse::into_response)?;
        }
        request.extensions_mut().insert(CurrentPrincipal(principal));
        Ok(())
    }
}

impl<S> Layer<S> for Require {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            requirement: self.requirement.clone(),
            inner,
        }
    }
}

/// A service with [`Require`] around it.
#[derive(Debug, Clone)]
pub struct RequireService<S> {
    requirement: Arc<Requirement>,
    inner: S,
}

impl<S> Service<Request<Body>> for RequireService<S>
where
    S: Service<Request<Body>> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let requirement = self.requirement.clone();
        let not_ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, not_ready);
        Box::pin(async move {
            match requirement.admit(&mut request).await {
                Ok(()) => inner.call(request).await.map(IntoResponse::into_response),
                Err(refusal) => Ok(refusal),
            }
        })
    }
}
