//! The Identity API of one application.

use std::sync::Arc;

use wicketgate_identity::{Accounts, SignIn, User};
use wicketgate_protection::{Clock, Random};

use crate::{
    answer::Failure,
    authentication::{AccessTokenResponse, Schemes},
    mail::OutgoingMail,
    network::{AllowedHosts, AllowedOrigin, PublicUrl, TrustedProxies},
    options::RequestLimits,
    routes::{Endpoint, RunningRequests},
};

/// The Identity API of one application: its accounts, endpoints and authentication. Cheap to clone.
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use wicketgate_axum::{Identity, Require, SignedIn};
///
/// async fn hello(user: SignedIn) -> String {
///     format!("Hello, {}!", user.name())
/// }
///
/// fn application(identity: &Identity) -> Router {
///     Router::new()
///         .route("/hello", get(hello))
///         .route("/reports", get(|| async { "for managers" }).route_layer(Require::role("Manager")))
///         .merge(identity.api())
///         .merge(identity.logout())
///         .layer(identity.layer())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Identity {
    parts: Arc<Parts>,
}

/// What an [`Identity`] is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) accounts: Accounts,
    pub(crate) sign_in: SignIn,
    pub(crate) schemes: Schemes,
    pub(crate) limits: RequestLimits,
    pub(crate) running: RunningRequests,
    pub(crate) email: OutgoingMail,
    pub(crate) prefix: String,
    pub(crate) without: Vec<Endpoint>,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) allowed_hosts: AllowedHosts,
    pub(crate) cors: Vec<AllowedOrigin>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

impl Identity {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// How many requests to the endpoints are running. They run to their end even if their clients disconnect.
    pub fn running_requests(&self) -> usize {
        self.parts.running.count()
    }

    /// Waits until no request to the endpoints is running; new ones are answered with 503 meanwhile. For a server that shuts
    /// down.
    pub async fn finish_requests(&self) {
        self.parts.running.finish().await;
    }

    /// Waits until every mail to [`IdentityBuilder::email`](crate::IdentityBuilder::email)'s sender has been sent or has
    /// failed; new ones are dropped meanwhile, with an error in the log. For a server that shuts down, after
    /// [`finish_requests`](Self::finish_requests), and for tests.
    pub async fn finish_mail(&self) {
        self.parts.email.finish().await;
    }

    /// What the endpoints' paths begin with: nothing, or a path such as `/api/identity`.
    pub fn prefix(&self) -> &str {
        &self.parts.prefix
    }

    /// The accounts, for the application's own use.
    pub fn accounts(&self) -> &Accounts {
        &self.parts.accounts
    }

    /// Sign-in with a password and second factor, for the application's own use.
    pub fn sign_in(&self) -> &SignIn {
        &self.parts.sign_in
    }

    /// A pair of tokens for this user, like those that `/login` returns: for your own login, or a test.
    ///
    /// # Errors
    /// The store or the keys cannot be read.
    pub async fn tokens(&self, user: &User) -> Result<AccessTokenResponse, Failure> {
        let principal = self.accounts().principal(user, None).await?;
        Ok(self.schemes().bearer.issue(principal).await?)
    }

    pub(crate) fn schemes(&self) -> &Schemes {
        &self.parts.schemes
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }
}
