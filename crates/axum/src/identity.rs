//! The Identity API of one application.

use std::sync::Arc;

use axum::{Router, extract::Request, response::Response};
use tower::service_fn;
use wicketgate_identity::{Accounts, IntoStore, SignIn, User};

use crate::{
    AccessTokenResponse, AllowedOrigin, Api, Endpoint, Failure, IdentityBuilder, IdentityLayer, Pipeline, PublicUrl,
    RequestLimits, allowed_hosts::AllowedHosts, authentication::Schemes, dotnet::DotnetRoutes,
    forwarded_headers::TrustedProxies, outgoing_mail::OutgoingMail, run_to_end::RunningRequests,
};

/// The Identity API of one application: its endpoints, its authentication, and its accounts. Cheap to clone.
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
}

impl Identity {
    /// Starts to put one together from where accounts are kept.
    ///
    /// ```
    /// use wicketgate_axum::{BuildError, Identity, MemoryStore};
    ///
    /// fn identity() -> Result<Identity, BuildError> {
    ///     Identity::builder(MemoryStore::new()).keys_in("data/keys").build()
    /// }
    /// ```
    pub fn builder(store: impl IntoStore) -> IdentityBuilder {
        IdentityBuilder::new(store.into_store())
    }

    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// The ten endpoints (.NET's `MapIdentityApi`) and `POST /login/cookie`, under the prefix if there is one: to be merged
    /// into a router, or nested in one as [`into_router`](Api::into_router). Links in mails follow.
    pub fn api(&self) -> Api {
        Api::new(
            self,
            Endpoint::ALL
                .into_iter()
                .filter(|&endpoint| endpoint != Endpoint::Logout),
        )
    }

    /// `POST /logout`, which .NET's documentation tells applications to add, under the prefix if there is one.
    pub fn logout(&self) -> Api {
        Api::new(self, [Endpoint::Logout])
    }

    /// The OpenAPI description of [`api`](Self::api) and [`logout`](Self::logout), for an application to merge with its own.
    pub fn openapi(&self) -> utoipa::openapi::OpenApi {
        Api::new(self, Endpoint::ALL).openapi()
    }

    /// The layer that every route needs which asks who sends a request, the endpoints among them: trusted proxies, host
    /// filtering, CORS, and authentication.
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use wicketgate_axum::{Identity, SignedIn};
    /// # fn application(identity: &Identity) -> Router {
    /// Router::new()
    ///     .route("/hello", get(|user: SignedIn| async move { format!("Hello, {}!", user.name()) }))
    ///     .nest("/account", identity.api().into_router())
    ///     .layer(identity.layer())
    /// # }
    /// ```
    ///
    /// Proxies can be trusted only if the requests' extensions have `ConnectInfo<SocketAddr>`, and a request that came over
    /// TLS is known by [`Tls`](crate::Tls) there. What a router does not do behind a layer, since it has chosen the route
    /// already, does [`wrap`](Self::wrap).
    pub fn layer(&self) -> IdentityLayer {
        IdentityLayer::new(self)
    }

    /// The whole application around `router`: [`layer`](Self::layer), and ASP.NET Core's rules for the paths of the
    /// endpoints, which clients may know in another spelling: they ignore case, and a closing slash is optional. The
    /// application's own routes keep axum's rules.
    pub fn wrap(&self, router: impl Into<Router>) -> Router {
        Router::new().fallback_service(self.pipeline(router))
    }

    /// The same as [`wrap`](Self::wrap) for servers that need no router around it.
    pub fn pipeline(&self, router: impl Into<Router>) -> Pipeline {
        Pipeline::new(self, router.into())
    }

    /// The same as [`pipeline`](Self::pipeline) with the rules of [`dotnet_routing`](Self::dotnet_routing), at less cost.
    pub fn pipeline_with_dotnet_routing(&self, router: impl Into<Router>) -> Pipeline {
        Pipeline::with_dotnet_routing(self, router.into())
    }

    /// How many requests to the endpoints are being carried out. They go on when their clients are gone.
    pub fn running_requests(&self) -> usize {
        self.parts.running.count()
    }

    /// Waits until none is carried out any more. For the end of a server, when no more requests come: until then new ones
    /// are answered with 503.
    pub async fn finish_requests(&self) {
        self.parts.running.finish().await;
    }

    /// ASP.NET Core's routing rules for all of a router's routes, as its clients may expect them after a move: paths ignore
    /// case, a closing slash is optional, and `HEAD` and `OPTIONS` are methods like others, which a route for `GET` does not
    /// answer. The routes must be written in lower case; the values of parameters keep theirs.
    pub fn dotnet_routing(&self, router: impl Into<Router>) -> Router {
        let routes = Arc::new(DotnetRoutes::new(router.into(), self.prefix()));
        let answer = move |request: Request| {
            let routes = Arc::clone(&routes);
            async move { Ok::<Response, std::convert::Infallible>(routes.answer(Box::new(request)).await) }
        };
        Router::new().fallback_service(service_fn(answer))
    }

    /// Returns when every mail that was given to [`IdentityBuilder::email`] so far is sent or given up: for a server that
    /// stops, and for tests.
    pub async fn finish_mail(&self) {
        self.parts.email.finish().await;
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

    /// A pair of tokens for this user, as `/login` answers: for an own login, or a test.
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
