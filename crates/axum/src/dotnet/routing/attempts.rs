//! A router that can be tried several times, with other spellings of a path.

use std::{
    convert::Infallible,
    future::ready,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, extract::Request, response::Response};
use tower::{Service, service_fn};

use super::with_path;

/// A router, and whether one of its routes took the request.
#[derive(Debug)]
pub(super) struct Attempts {
    /// The routes without the fallback.
    routes: Router,
    /// The routes and the application's fallback.
    router: Router,
}

impl Attempts {
    pub(super) fn new(router: Router) -> Self {
        // With the state set, axum prepares handlers once rather than for every request.
        let router = router.with_state(());
        Self {
            routes: router.clone().reset_fallback().fallback_service(service_fn(hand_back)),
            router,
        }
    }

    /// The answer of a route or of the application's fallback.
    pub(super) async fn answer(&self, request: Box<Request>) -> Response {
        let Ok(response) = self.router.clone().call(*request).await;
        response
    }

    /// The answer of the route with this path, or the request back if there is none.
    pub(super) async fn route(&self, request: Box<Request>) -> Result<Response, Box<Request>> {
        let Ok(mut response) = self.routes.clone().call(*request).await;
        match response.extensions_mut().remove() {
            Some(Unmatched(request)) => {
                let request = request.lock().unwrap_or_else(PoisonError::into_inner).take();
                request.map_or(Ok(response), |request| Err(Box::new(request)))
            }
            None => Ok(response),
        }
    }

    /// The answer of the first route with one of these paths.
    pub(super) async fn route_as(
        &self,
        mut request: Box<Request>,
        spellings: &[String],
    ) -> Result<Response, Box<Request>> {
        for path in spellings {
            request = match self.route(with_path(request, path)).await {
                Ok(response) => return Ok(response),
                Err(unmatched) => unmatched,
            };
        }
        Err(request)
    }
}

/// A request that no route took, in the extensions of its response.
#[derive(Debug, Clone)]
struct Unmatched(Arc<Mutex<Option<Request>>>);

/// Replaces the application's fallback.
fn hand_back(request: Request) -> impl Future<Output = Result<Response, Infallible>> {
    let mut response = Response::default();
    let unmatched = Unmatched(Arc::new(Mutex::new(Some(request))));
    response.extensions_mut().insert(unmatched);
    ready(Ok(response))
}
