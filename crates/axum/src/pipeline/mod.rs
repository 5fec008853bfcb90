//! An application with everything that wraps it, ready to be served.

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
    /// The layer that all routes with a user need, the endpoints included: trusted proxies, host filtering, CORS and
    /// authentication.
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
    /// Proxies are trusted only if requests carry `ConnectInfo<SocketAddr>` in their extensions; a server that terminates TLS
    /// adds [`Tls`](crate::network::Tls) to them. ASP.NET Core's rules for paths need [`wrap`](Self::wrap), since a layer runs
    /// after the router has chosen the route.
    pub fn layer(&self) -> IdentityLayer {
        IdentityLayer::new(self)
    }

    /// [`layer`](Self::layer) around `router`, and ASP.NET Core's rules for the endpoints' paths, which clients may spell
    /// differently: case does not matter, and a trailing slash is optional. The application's own routes keep axum's rules,
    /// and get every path that they match: a route for all paths, such as `/{*page}`, gets `/Login`, too, where a fallback leaves
    /// it to the endpoint.
    pub fn wrap(&self, router: impl Into<Router>) -> Router {
        Router::new().fallback_service(self.pipeline(router))
    }

    /// Like [`wrap`](Self::wrap), for a server that does not need a router.
    pub fn pipeline(&self, router: impl Into<Router>) -> Pipeline {
        Pipeline::new(self, router.into())
    }

    /// Like [`pipeline`](Self::pipeline), with the rules of [`dotnet_routing`](Self::dotnet_routing) for all routes.
    pub fn pipeline_with_dotnet_routing(&self, router: impl Into<Router>) -> Pipeline {
        Pipeline::with_dotnet_routing(self, router.into())
    }

    /// ASP.NET Core's routing rules for all routes of a router, for clients of an application that has moved from there: the
    /// case of paths does not matter, a trailing slash is optional, and `HEAD` and `OPTIONS` are methods like any other, which
    /// a route for `GET` does not answer. Write the routes in lower case; the values of parameters keep their case.
    pub fn dotnet_routing(&self, router: impl Into<Router>) -> Router {
        let routes = Arc::new(DotnetRoutes::new(router.into(), self.prefix()));
        let answer = move |request: Request| {
            let routes = Arc::clone(&routes);
            async move { Ok::<Response, Infallible>(routes.answer(Box::new(request)).await) }
        };
        Router::new().fallback_service(service_fn(answer))
    }
}

/// An application with everything that wraps it (.NET's middleware pipeline); see [`Identity::pipeline`]. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    middleware: Arc<Middleware>,
    routes: Arc<Routes>,
}

/// The application's routes, and whose rules find them.
enum Routes {
    /// ASP.NET Core's rules find the endpoints, axum's all other routes.
    Axum(EndpointRoutes),
    /// ASP.NET Core's rules find all of them.
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

    /// The application's answer: what [`Service::call`] returns, without boxing the future.
    ///
    /// The request is in a box, because it goes through several futures and each would keep room for it and copy it.
    pub async fn answer(&self, mut request: Box<Request>) -> Response {
        // As axum does, but before routing changes the path.
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

    /// The client's address: the peer of the connection, or, if that is a trusted proxy, the last address in `X-Forwarded-For`
    /// that is not one. Needs `ConnectInfo<SocketAddr>` in the request's extensions.
    pub fn client_address(&self, request: &Request) -> Option<IpAddr> {
        self.middleware.client_address(request)
    }

    /// What the endpoints' paths begin with; see [`Identity::prefix`].
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
