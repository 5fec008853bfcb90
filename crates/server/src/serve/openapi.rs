//! The OpenAPI document: the Identity endpoints' and the application's in one.

use std::sync::{Arc, OnceLock};

use axum::{
    Router, body::Bytes, extract::State, http::header::CONTENT_TYPE, middleware::from_fn, response::IntoResponse,
    routing::any,
};
use utoipa::openapi::{OpenApi, PathItem};
use wicketgate_axum::Identity;

use super::page::page;

/// Where the document is, as in .NET's `MapOpenApi`.
const PATH: &str = "/openapi/v1.json";

/// The Identity endpoints and the application's own. Where both describe something, the application's word counts.
pub(crate) fn document(identity: &Identity, mut application: OpenApi) -> OpenApi {
    let mut document = identity.openapi();
    if !application.info.title.is_empty() {
        document.info = application.info.clone();
    }
    if application.security.is_none() {
        application.paths.paths.values_mut().for_each(mark_public_operations);
    }
    document.merge_from(application)
}

/// Says of operations that name no way to sign in that they need none.
fn mark_public_operations(path: &mut PathItem) {
    let operations = [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.delete,
        &mut path.options,
        &mut path.head,
        &mut path.patch,
        &mut path.trace,
        &mut path.query,
    ];
    for operation in operations.into_iter().flatten() {
        operation.security.get_or_insert_default();
    }
}

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
