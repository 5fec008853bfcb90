//! Signing in and out from an application's own handlers.

use std::{fmt, sync::Arc};

use axum::extract::FromRequestParts;
use http::request::Parts;
use wicketgate_identity::{ClaimsPrincipal, User};

use super::{AccessTokenResponse, AuthenticationContext, Persistence};
use crate::{Identity, answer::Failure};

/// Signs users in and out from an application's own handlers (.NET's `SignInManager`): an own login, a sign-in after
/// registration, a test.
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
/// Nothing here asks for a password, whether the account is locked, or for a second factor:
/// [`Identity::sign_in`](crate::Identity::sign_in) does.
#[derive(Clone)]
pub struct Authentication(pub(crate) Arc<AuthenticationContext>);

impl Authentication {
    /// The Identity API that the request came through.
    pub fn identity(&self) -> &Identity {
        self.0.identity()
    }

    /// Signs the browser in with the response's cookies (.NET's `SignInManager.SignInAsync`). This request itself stays as
    /// it was.
    ///
    /// # Errors
    /// The store or the keys cannot be read.
    pub async fn sign_in(&self, user: &User, persistence: Persistence) -> Result<(), Failure> {
        let principal = self.identity().accounts().principal(user, None).await?;
        self.sign_in_as(principal, persistence).await
    }

    /// The same with these claims, such as those of [`SignInSuccess::principal`](wicketgate_identity::SignInSuccess) after a password
    /// was checked (.NET's `HttpContext.SignInAsync`).
    ///
    /// # Errors
    /// The keys cannot be read.
    pub async fn sign_in_as(&self, principal: ClaimsPrincipal, persistence: Persistence) -> Result<(), Failure> {
        self.0.sign_in(principal, persistence).await
    }

    /// A pair of tokens for this user, as `/login` answers.
    ///
    /// # Errors
    /// The store or the keys cannot be read.
    pub async fn tokens(&self, user: &User) -> Result<AccessTokenResponse, Failure> {
        self.identity().tokens(user).await
    }

    /// Signs the browser out with the response (.NET's `SignInManager.SignOutAsync`). Tokens go on working until they end.
    pub fn sign_out(&self) {
        self.0.sign_out();
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
