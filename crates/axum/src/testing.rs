//! Tests of an application's protected routes: signed-in users without hashing a password.
//!
//! ```
//! use axum::{Router, body::Body, routing::get};
//! use http::Request;
//! use tower::ServiceExt;
//! use wicketgate_axum::{SignedIn, testing};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = testing::identity();
//! let application: Router = Router::new()
//!     .route("/hello", get(|user: SignedIn| async move { format!("Hello, {}!", user.name()) }))
//!     .layer(identity.layer());
//!
//! let ada = testing::user(&identity, "ada@example.com").await?;
//! let request = testing::signed_in(&identity, &ada, Request::get("/hello").body(Body::empty())?).await?;
//! assert_eq!(application.oneshot(request).await?.status(), 200);
//! # Ok(())
//! # }
//! ```

use http::{HeaderValue, Request, header::AUTHORIZATION};
use wicketgate_identity::session::{Device, Proof, SignInMethod};
use wicketgate_identity::{IdentityResult, MemoryStore, User};

use crate::{Failure, Identity};

/// Why a test could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestError {
    /// The store or the keys failed.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The account was refused, for these reasons.
    #[error("{0}")]
    Refused(String),
}

/// An Identity API with accounts and keys in memory.
pub fn identity() -> Identity {
    match Identity::builder(MemoryStore::new()).ephemeral_keys().build() {
        Ok(identity) => identity,
        Err(error) => unreachable!("the defaults are right: {error}"),
    }
}

/// A new account with a confirmed address and no password. Add roles and claims with [`Identity::accounts`].
///
/// # Errors
/// The address is taken or invalid, or the store failed.
pub async fn user(identity: &Identity, email: &str) -> Result<User, TestError> {
    let accounts = identity.accounts();
    let registered = accounts.register_without_password(email).await.map_err(Failure::from)?;
    let mut user = accepted(registered)?;
    let confirmed = accounts.mark_email_confirmed(&mut user).await.map_err(Failure::from)?;
    accepted(confirmed)?;
    Ok(user)
}

/// The request with an access token of this user, which has the account's current roles and claims, as after a sign-in with the password
/// just now.
///
/// # Errors
/// The store failed.
pub async fn signed_in<B>(identity: &Identity, user: &User, mut request: Request<B>) -> Result<Request<B>, TestError> {
    let principal = identity.accounts().principal(user, None).await.map_err(Failure::from)?;
    let proof = Proof::now(vec![SignInMethod::Password]);
    let tokens = identity.begin_tokens(principal, proof, Device::default());
    let tokens = tokens.await?;
    let value = HeaderValue::try_from(format!("Bearer {}", tokens.access_token())).map_err(Failure::from)?;
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(request)
}

fn accepted<T>(result: IdentityResult<T>) -> Result<T, TestError> {
    result.map_err(|errors| {
        let reasons: Vec<_> = errors.iter().map(ToString::to_string).collect();
        TestError::Refused(reasons.join(" "))
    })
}
