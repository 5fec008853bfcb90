//! The Identity API of one application.

use std::sync::Arc;

use tokio::time::Instant;
use wicketgate_identity::session::{Device, Proof, SessionKind};
use wicketgate_identity::sign_in::RefusalTime;
use wicketgate_identity::{Accounts, ClaimsPrincipal, EmailMessage, SignIn, User};
use wicketgate_protection::{Clock, Random};

use crate::{
    answer::Failure,
    authentication::{AccessTokenResponse, Schemes},
    limits::UntrustedProxy,
    mail::OutgoingMail,
    network::{AllowedHosts, AllowedOrigin, CrossSite, PublicUrl, TrustedProxies},
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
    /// How long registrations take, where their time must not tell whether the address was free.
    pub(crate) registration_time: RefusalTime,
    pub(crate) prefix: String,
    pub(crate) without: Vec<Endpoint>,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) allowed_hosts: AllowedHosts,
    pub(crate) cors: Vec<AllowedOrigin>,
    /// What tells the requests of other sites, unless they are let in.
    pub(crate) cross_site: Option<CrossSite>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) untrusted_proxy: UntrustedProxy,
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

    /// Waits until every mail to [`IdentityBuilder::email`](crate::IdentityBuilder::email)'s sender has been tried. What
    /// failed is tried again later. For tests.
    pub async fn finish_mail(&self) {
        self.parts.email.finish(&self.parts.accounts).await;
    }

    /// Waits for the mails that are being sent, but not beyond the deadline, and sends none from then on. Where the stores keep
    /// mails, the others stay there, for another instance or the next start; otherwise they are sent first, and lost at the
    /// deadline. For a server that shuts down, after [`finish_requests`](Self::finish_requests).
    pub async fn stop_mail(&self, deadline: Instant) {
        self.parts.email.stop(deadline).await;
    }

    /// Sends this mail, or if there is none for this address takes as long as if there were one.
    pub(crate) async fn send(&self, mail: Option<EmailMessage>, address: &str) -> Result<(), Failure> {
        let accounts = self.accounts();
        match mail {
            Some(message) => self.parts.email.send(accounts, message).await?,
            None => self.parts.email.send_nothing(accounts, address).await?,
        }
        Ok(())
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

    /// A pair of tokens for this user, like those that `/login` returns, but not [fresh](crate::Fresh): nothing was proved. A login of
    /// your own has [`Authentication::tokens_with`](crate::Authentication::tokens_with).
    ///
    /// # Errors
    /// The store or the keys cannot be read, or the account is no longer as it was read ([`Failure::AccountChanged`],
    /// where there are sessions).
    pub async fn tokens(&self, user: &User) -> Result<AccessTokenResponse, Failure> {
        let principal = self.accounts().principal(user, None).await?;
        self.begin_tokens(principal, Proof::none(), Device::default()).await
    }

    /// A pair of tokens for this user, and the session that they belong to, where there are sessions.
    pub(crate) async fn begin_tokens(
        &self,
        principal: ClaimsPrincipal,
        proof: Proof,
        device: Device,
    ) -> Result<AccessTokenResponse, Failure> {
        let session = match self.accounts().sessions() {
            Some(sessions) => {
                let begun = sessions.begin(&principal, SessionKind::Token, proof, device).await?;
                Some(begun.ok_or(Failure::AccountChanged)?)
            }
            None => None,
        };
        let id = session.as_ref().map(|session| &session.id);
        Ok(self.schemes().bearer.issue(principal, id, 0).await?)
    }

    pub(crate) fn schemes(&self) -> &Schemes {
        &self.parts.schemes
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }
}
