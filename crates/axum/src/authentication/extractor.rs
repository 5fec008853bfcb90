//! Signing users in and out from an application's own handlers.

use std::{fmt, sync::Arc};

use axum::extract::FromRequestParts;
use http::request::Parts;
use wicketgate_identity::{ClaimsPrincipal, SignInSuccess, User};

use super::{AccessTokenResponse, AuthenticationContext, Persistence};
use crate::{Identity, answer::Failure};

/// Signs users in and out from an application's own handlers (.NET's `SignInManager`), for your own login page or a sign-in
/// right after registration.
///
/// ```
/// use http::StatusCode;
/// use wicketgate_axum::{Authentication, Failure, Persistence};
///
/// async fn try_it(authentication: Authentication) -> Result<StatusCode, Failure> {
///     let accounts = authentication.identity().accounts();
///     let Some(user) = accounts.find_by_email("guest@example.com").await? else {
///         return Ok(StatusCode::NOT_FOUND);
///     };
///     authentication.sign_in(&user, Persistence::Session).await?;
///     Ok(StatusCode::NO_CONTENT)
/// }
/// ```
///
/// Nothing here checks a password, a lockout or a second factor; [`Identity::sign_in`](crate::Identity::sign_in) does.
#[derive(Clone)]
pub struct Authentication(pub(crate) Arc<AuthenticationContext>);

impl Authentication {
    /// The Identity API that handles the request.
    pub fn identity(&self) -> &Identity {
        self.0.identity()
    }

    /// Signs the browser in with a cookie in the response (.NET's `SignInManager.SignInAsync`). The rest of this request still
    /// sees the user who sent it.
    ///
    /// Nothing is proved by that: the sign-in is as [fresh](crate::Fresh) as the request is, if this user sent it, and otherwise not.
    ///
    /// # Errors
    /// The store or the keys cannot be read, a page of another site sent the request ([`Failure::CrossSite`]), or the account is no
    /// longer as it was read ([`Failure::AccountChanged`], where there are sessions).
    pub async fn sign_in(&self, user: &User, persistence: Persistence) -> Result<(), Failure> {
        let principal = self.identity().accounts().principal(user, None).await?;
        self.sign_in_as(principal, persistence).await
    }

    /// The same with these claims (.NET's `HttpContext.SignInAsync`).
    ///
    /// # Errors
    /// As for [`sign_in`](Self::sign_in).
    pub async fn sign_in_as(&self, principal: ClaimsPrincipal, persistence: Persistence) -> Result<(), Failure> {
        let proof = self.0.proof_of(&principal).await?;
        self.0.sign_in(principal, persistence, proof, None).await
    }

    /// Signs the browser in after a check of who the user is, such as [`SignIn::password`](wicketgate_identity::SignIn::password): the
    /// sign-in is [fresh](crate::Fresh). Whoever checks it otherwise says by [`SignInSuccess::method`] what that is as good as.
    ///
    /// # Errors
    /// As for [`sign_in`](Self::sign_in).
    pub async fn sign_in_with(&self, success: SignInSuccess, persistence: Persistence) -> Result<(), Failure> {
        let proof = success.proof();
        self.0.sign_in(success.principal, persistence, proof, None).await
    }

    /// A pair of tokens for this user, like those that `/login` returns. They are as [fresh](crate::Fresh) as the request is, if this
    /// user sent it, and otherwise not.
    ///
    /// # Errors
    /// The store or the keys cannot be read, or the account is no longer as it was read ([`Failure::AccountChanged`], where there are
    /// sessions).
    pub async fn tokens(&self, user: &User) -> Result<AccessTokenResponse, Failure> {
        let principal = self.identity().accounts().principal(user, None).await?;
        let proof = self.0.proof_of(&principal).await?;
        self.0.tokens(principal, proof).await
    }

    /// A pair of tokens after a check of who the user is, as with [`sign_in_with`](Self::sign_in_with).
    ///
    /// # Errors
    /// As for [`tokens`](Self::tokens).
    pub async fn tokens_with(&self, success: SignInSuccess) -> Result<AccessTokenResponse, Failure> {
        let proof = success.proof();
        self.0.tokens(success.principal, proof).await
    }

    /// Signs the browser out with the response (.NET's `SignInManager.SignOutAsync`), and ends the request's session. Where there are
    /// no [sessions](wicketgate_identity::session), tokens remain valid until they expire.
    pub fn sign_out(&self) {
        self.0.sign_out();
        self.0.end_session_later();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Authentication {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        AuthenticationContext::of(&parts.extensions).map(Self)
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}
