//! An application with everything around it, as a server asks it.

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
use tower::Service;

use crate::{
    Identity,
    dotnet::{DotnetRoutes, EndpointRoutes},
    middleware::{Application, Middleware},
};

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
