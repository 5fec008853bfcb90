use std::sync::Arc;

use axum::Router;
use wicketgate_identity::{Accounts, EmailSender, SignIn, UserStore};
use wicketgate_protection::DataProtection;

use crate::{
    AllowedOrigin, IdentityBuilder, Pipeline, PublicUrl, RequestLimits, Require, Scheme, allowed_hosts::AllowedHosts,
    authentication::Schemes, forwarded_headers::TrustedProxies, routes,
};

/// The Identity API of one application: its endpoints, its authentication, and its accounts. Cheap to clone.
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use wicketgate_axum::{Identity, SignedIn};
///
/// async fn hello(user: SignedIn) -> String {
///     format!("Hello, {}!", user.name())
/// }
///
/// fn application(identity: &Identity) -> Router {
///     let router = Router::new()
///         .route("/hello", get(hello))
///         .route("/reports", get(|| async { "for managers" }).route_layer(identity.require_role("Manager")))
///         .merge(identity.api())
///         .merge(identity.logout());
///     identity.serve(router)
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
    pub(crate) email: Arc<dyn EmailSender>,
    pub(crate) prefix: String,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) allowed_hosts: AllowedHosts,
    pub(crate) cors: Vec<AllowedOrigin>,
    pub(crate) trusted_proxies: TrustedProxies,
}

impl Identity {
    /// Starts to put one together from where accounts are kept and the keys that protect tokens and cookies.
    pub fn builder(store: Arc<dyn UserStore>, data_protection: DataProtection) -> IdentityBuilder {
        IdentityBuilder::new(store, data_protection)
    }

    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// The ten endpoints (.NET's `MapIdentityApi`) and `POST /login/cookie`, under the prefix if there is one.
    pub fn api<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        routes::api(self)
    }

    /// `POST /logout`, which .NET's documentation tells applications to add, under the prefix if there is one.
    pub fn logout<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        routes::logout(self)
    }

    /// The OpenAPI description of [`api`](Self::api) and [`logout`](Self::logout), for an application to merge with its own.
    pub fn openapi(&self) -> utoipa::openapi::OpenApi {
        routes::openapi(self)
    }

    /// The whole application around `router`: forwarded headers, host filtering, CORS, authentication of every request, and the routing
    /// rules of ASP.NET Core (paths ignore case, a closing slash is optional, `HEAD` and `OPTIONS` are methods like others).
    ///
    /// Write the application's own routes in lower case, so that they are found in any; a route for `HEAD` is never asked.
    /// Proxies can be trusted only if the requests' extensions have `ConnectInfo<SocketAddr>`, and a request that came over
    /// TLS is known by [`Tls`](crate::Tls) there.
    pub fn serve(&self, router: Router) -> Router {
        Router::new().fallback_service(self.pipeline(router))
    }

    /// The same as [`serve`](Self::serve) for servers that need no router around it.
    pub fn pipeline(&self, router: Router) -> Pipeline {
        Pipeline::new(self, router)
    }

    /// A layer that lets only signed-in users through, by token or cookie. Others get 401.
    ///
    /// Use it with `route_layer`, so that a wrong method is answered with 405 and not with 401.
    pub fn require_signed_in(&self) -> Require {
        Require::signed_in()
    }

    /// A layer that lets only users in this role through. Others get 403, or 401 if they are not signed in.
    pub fn require_role(&self, role: impl Into<String>) -> Require {
        Require::role(role.into())
    }

    /// A layer that lets only users with this claim through. Others get 403, or 401 if they are not signed in.
    pub fn require_claim(&self, claim_type: impl Into<String>, value: impl Into<String>) -> Require {
        Require::claim(claim_type.into(), value.into())
    }

    /// A layer that lets only users through who signed in in this way.
    ///
    /// As in .NET, a route that takes cookies alone sends others to a login page (302); one for tokens alone answers 401.
    pub fn require_scheme(&self, scheme: Scheme) -> Require {
        Require::scheme(scheme)
    }

    /// What the paths of the endpoints begin with: empty, or such as `/api/identity`.
    pub fn prefix(&self) -> &str {
        &self.parts.prefix
    }

    /// The accounts, for the application's own use.
    pub fn accounts(&self) -> &Accounts {
        &self.parts.accounts
    }

    /// Signing in, for the application's own use.
    pub fn sign_in(&self) -> &SignIn {
        &self.parts.sign_in
    }

    pub(crate) fn schemes(&self) -> &Schemes {
        &self.parts.schemes
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }
}
