//! Authentication as a layer, for any router.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use tower::{Layer, Service, ServiceExt};

use super::middleware::{Application, Middleware};
use crate::Identity;

/// Trusted proxies, host filtering, CORS and authentication for every request; see [`Identity::layer`]. Cheap to clone.
#[derive(Clone)]
pub struct IdentityLayer {
    middleware: Arc<Middleware>,
}

impl IdentityLayer {
    pub(crate) fn new(identity: &Identity) -> Self {
        Self {
            middleware: Arc::new(Middleware::new(identity)),
        }
    }
}

impl<S> Layer<S> for IdentityLayer {
    type Service = IdentityService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        IdentityService {
            middleware: Arc::clone(&self.middleware),
            inner,
        }
    }
}

impl fmt::Debug for IdentityLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityLayer").finish_non_exhaustive()
    }
}

/// A service with [`IdentityLayer`] around it.
#[derive(Clone)]
pub struct IdentityService<S> {
    middleware: Arc<Middleware>,
    inner: S,
}

impl<S> Service<Request> for IdentityService<S>
where
    S: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let not_ready = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, not_ready);
        let middleware = Arc::clone(&self.middleware);
        Box::pin(async move { Ok(middleware.answer(Box::new(request), Inner(ready)).await) })
    }
}

impl<S> fmt::Debug for IdentityService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityService").finish_non_exhaustive()
    }
}

/// The service inside the layer.
#[derive(Clone)]
struct Inner<S>(S);

impl<S> Application for Inner<S>
where
    S: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    async fn answer(self, request: Box<Request>) -> Response {
        let Ok(response) = self.0.oneshot(*request).await;
        response.into_response()
    }
}
