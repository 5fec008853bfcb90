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
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use http::StatusCode;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::{
    Identity,
    authentication::AuthenticationContext,
    client_address,
    cors::{self, Cors},
    problem::Failure,
    routes,
    routing::{Routes, with_canonical_path},
};

/// An application with everything around it that happens to every request (.NET's middleware pipeline); made by
/// [`Identity::pipeline`]. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    steps: Arc<Steps>,
}

struct Steps {
    identity: Identity,
    cors: Option<Cors>,
    routes: Routes,
}

impl Pipeline {
    pub(crate) fn new(identity: &Identity, router: Router) -> Self {
        Self {
            steps: Arc::new(Steps {
                identity: identity.clone(),
                cors: Cors::new(&identity.parts().cors),
                routes: Routes::new(router, routes::paths(identity)),
            }),
        }
    }

    /// The application's answer. What [`Service::call`] gives, without a box for it.
    pub async fn answer(&self, request: Request) -> Response {
        match &self.steps.cors {
            Some(cors) if cors.concerns(&request) => Box::pin(self.answer_other_origin(cors, request)).await,
            Some(_) => cors::with_vary(self.steps.answer(request).await),
            None => self.steps.answer(request).await,
        }
    }

    /// Where a request came from: its connection's other end, or, where that is a trusted proxy, the nearest address in
    /// `X-Forwarded-For` that is none. Needs `ConnectInfo<SocketAddr>` in the request's extensions.
    pub fn client_address(&self, request: &Request) -> Option<IpAddr> {
        client_address::of(request, &self.steps.identity.parts().trusted_proxies)
    }

    async fn answer_other_origin(&self, cors: &Cors, request: Request) -> Response {
        let steps = &self.steps;
        let application = service_fn(move |request| {
            let steps = steps.clone();
            async move { Ok::<_, Infallible>(steps.answer(request).await) }
        });
        let Ok(response) = cors.layer().layer(application).oneshot(request).await;
        response
    }
}

impl Steps {
    async fn answer(&self, request: Request) -> Response {
        self.try_answer(request)
            .await
            .unwrap_or_else(IntoResponse::into_response)
    }

    /// Each step in turn, in one future: as layers, each would put the rest into a box of its own for every request.
    async fn try_answer(&self, mut request: Request) -> Result<Response, Failure> {
        // As axum does, but before the path changes.
        if request.extensions().get::<OriginalUri>().is_none() {
            let uri = OriginalUri(request.uri().clone());
            request.extensions_mut().insert(uri);
        }
        let Some(mut request) = with_canonical_path(request) else {
            return Ok(StatusCode::BAD_REQUEST.into_response());
        };
        let parts = self.identity.parts();
        let origin = parts.trusted_proxies.origin(&request);
        if parts.allowed_hosts.refuse(&origin) {
            return Ok(StatusCode::BAD_REQUEST.into_response());
        }
        let identity = self.identity.clone();
        let context = AuthenticationContext::authenticate(identity, origin, request.uri(), request.headers()).await?;
        let context = Arc::new(context);
        request.extensions_mut().insert(context.clone());
        let mut response = self.routes.answer(request).await;
        context.finish(response.headers_mut()).await?;
        Ok(response)
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
        Box::pin(async move { Ok(pipeline.answer(request).await) })
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}
