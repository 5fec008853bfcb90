//! An application with everything around it, as a server asks it.

mod layer;
mod middleware;

use std::{
    convert::Infallible,
    fmt,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::{OriginalUri, Request},
    response::Response,
};
use futures_util::future::BoxFuture;
use tower::{Service, service_fn};

use crate::{
    Identity,
    dotnet::{DotnetRoutes, EndpointRoutes},
};
use middleware::{Application, Middleware};

pub use layer::{IdentityLayer, IdentityService};

impl Identity {
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
    /// TLS is known by [`Tls`](crate::hosting::Tls) there. What a router does not do behind a layer, since it has chosen the route
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

    /// ASP.NET Core's routing rules for all of a router's routes, as its clients may expect them after a move: paths ignore
    /// case, a closing slash is optional, and `HEAD` and `OPTIONS` are methods like others, which a route for `GET` does not
    /// answer. The routes must be written in lower case; the values of parameters keep theirs.
    pub fn dotnet_routing(&self, router: impl Into<Router>) -> Router {
        let routes = Arc::new(DotnetRoutes::new(router.into(), self.prefix()));
        let answer = move |request: Request| {
            let routes = Arc::clone(&routes);
            async move { Ok::<Response, Infallible>(routes.answer(Box::new(request)).await) }
        };
        Router::new().fallback_service(service_fn(answer))
    }
}

/// An application with everything around it that happens to every request (.NET's middleware pipeline); made by
/// [`Identity::pipeline`]. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    middleware: Arc<Middleware>,
    routes: Arc<Routes>,
}

/// The application's routes, by whose rules they are found.
enum Routes {
    /// The endpoints by ASP.NET Core's rules, all others by axum's.
    Axum(EndpointRoutes),
    /// All by ASP.NET Core's.
    Dotnet(DotnetRoutes),
}

impl Pipeline {
    pub(crate) fn new(identity: &Identity, router: Router) -> Self {
        Self::with(identity, Routes::Axum(EndpointRoutes::new(router, identity.prefix())))
    }

    pub(crate) fn with_dotnet_routing(identity: &Identity, router: Router) -> Self {
        Self::with(identity, Routes::Dotnet(DotnetRoutes::new(router, identity.prefix())))
    }

    fn with(identity: &Identity, routes: Routes) -> Self {
        Self {
            middleware: Arc::new(Middleware::new(identity)),
            routes: Arc::new(routes),
        }
    }

    /// The application's answer. What [`Service::call`] gives, without a box for it.
    ///
    /// The request is in a box, because it goes through several futures and each would keep room for it and copy it.
    pub async fn answer(&self, mut request: Box<Request>) -> Response {
        // As axum does, but before the path changes.
        if request.extensions().get::<OriginalUri>().is_none() {
            let uri = OriginalUri(request.uri().clone());
            request.extensions_mut().insert(uri);
        }
        self.middleware.answer(request, Arc::clone(&self.routes)).await
    }

    /// An answer that a server gives in the application's place, because it has no room for the request: with CORS headers,
    /// so that a page of another origin can read it.
    pub async fn answer_in_place(&self, request: Box<Request>, response: Response) -> Response {
        self.middleware.answer_in_place(request, response).await
    }

    /// Where a request came from: its connection's other end, or, where that is a trusted proxy, the nearest address in
    /// `X-Forwarded-For` that is none. Needs `ConnectInfo<SocketAddr>` in the request's extensions.
    pub fn client_address(&self, request: &Request) -> Option<IpAddr> {
        self.middleware.client_address(request)
    }

    /// What the paths of the endpoints begin with; see [`Identity::prefix`].
    pub fn prefix(&self) -> &str {
        self.middleware.identity().prefix()
    }
}

impl Application for Arc<Routes> {
    async fn answer(self, request: Box<Request>) -> Response {
        match &*self {
            Routes::Axum(routes) => routes.answer(request).await,
            Routes::Dotnet(routes) => routes.answer(request).await,
        }
    }
}

impl Service<Request> for Pipeline {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let pipeline = self.clone();
        Box::pin(async move { Ok(pipeline.answer(Box::new(request)).await) })
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}
