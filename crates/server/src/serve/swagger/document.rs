//! Where the page finds the OpenAPI document.

use std::sync::{Arc, OnceLock};

use axum::{
    Router, body::Bytes, extract::State, http::header::CONTENT_TYPE, middleware::from_fn, response::IntoResponse,
    routing::any,
};
use utoipa::openapi::OpenApi;
use wicketgate_axum::Identity;

use super::{super::openapi::document, page::page};

/// As in .NET's `MapOpenApi`.
const PATH: &str = "/openapi/v1.json";

/// Serves the document, at its path and once more under the prefix of the endpoints, for proxies that pass on that prefix
/// alone. It is made once, when somebody asks for it first: it does not change while the process runs, and
/// most servers are never asked.
pub(super) fn routes(identity: &Identity, application: OpenApi) -> Router {
    let document = Document {
        identity: identity.clone(),
        application,
        json: OnceLock::new(),
    };
    let routes = Router::new().route(PATH, any(serve).layer(from_fn(page)));
    let routes = match identity.prefix() {
        "" => routes,
        prefix => routes.clone().nest(prefix, routes),
    };
    routes.with_state(Arc::new(document))
}

struct Document {
    identity: Identity,
    application: OpenApi,
    json: OnceLock<Bytes>,
}

async fn serve(State(state): State<Arc<Document>>) -> impl IntoResponse {
    let json = state.json.get_or_init(|| {
        let document = document(&state.identity, state.application.clone());
        document.to_json().unwrap_or_default().into()
    });
    ([(CONTENT_TYPE, "application/json;charset=utf-8")], json.clone())
}
