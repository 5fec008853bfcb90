use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::AuthenticationContext;
use crate::{Identity, origin::RequestOrigin, problem::Failure};

/// Finds out who sends the request, whatever route it goes to, and gives the response its cookies.
pub(crate) async fn authenticate(State(identity): State<Identity>, mut request: Request, next: Next) -> Response {
    let Some(origin) = request.extensions().get::<RequestOrigin>().cloned() else {
        return Failure::NotServed.into_response();
    };
    let context = Arc::new(AuthenticationContext::new(identity, origin, &request));
    if let Err(failure) = context.principal(None).await {
        return failure.into_response();
    }
    request.extensions_mut().insert(context.clone());
    let mut response = next.run(request).await;
    match context.finish(response.headers_mut()).await {
        Ok(()) => response,
        Err(failure) => failure.into_response(),
    }
}
