use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tower::service_fn;

use crate::{
    Identity,
    authentication::AuthenticationContext,
    cors,
    problem::Failure,
    routes,
    routing::{Routes, with_canonical_path},
};

/// Puts everything around the application's routes that happens to every request (.NET's middleware pipeline).
pub(crate) fn serve(identity: &Identity, router: Router) -> Router {
    let pipeline = Arc::new(Pipeline {
        identity: identity.clone(),
        routes: Routes::new(router, routes::paths(identity)),
    });
    let application = Router::new().fallback_service(service_fn(move |request: Request| {
        let pipeline = pipeline.clone();
        async move { Ok::<_, Infallible>(pipeline.answer(request).await.into_response()) }
    }));
    cors::allow(&identity.parts().cors, application)
}

struct Pipeline {
    identity: Identity,
    routes: Routes,
}

impl Pipeline {
    /// Each step in turn, in one service: as layers, each would put the rest into a box of its own for every request.
    async fn answer(&self, request: Request) -> Result<Response, Failure> {
        let Some(mut request) = with_canonical_path(request) else {
            return Ok(StatusCode::BAD_REQUEST.into_response());
        };
        let origin = self.identity.parts().trusted_proxies.origin(&request);
        let context = Arc::new(AuthenticationContext::new(self.identity.clone(), origin, &request));
        // Whatever route it goes to, so that a cookie slides with every request.
        context.principal(None).await?;
        request.extensions_mut().insert(context.clone());
        let mut response = self.routes.answer(request).await;
        context.finish(response.headers_mut()).await?;
        Ok(response)
    }
}
