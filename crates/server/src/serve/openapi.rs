use std::sync::Arc;

use axum::{Router, extract::State, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use utoipa::openapi::OpenApi;
use wicketgate_axum::Identity;

/// Where the document is, as in .NET's `MapOpenApi`.
pub(super) const PATH: &str = "/openapi/v1.json";

/// The Identity endpoints and the application's own. Where both describe something, the application's word counts.
pub(crate) fn document(identity: &Identity, application: OpenApi) -> OpenApi {
    let mut document = identity.openapi();
    if !application.info.title.is_empty() {
        document.info = application.info.clone();
    }
    document.merge_from(application)
}

/// Serves the document. It is made once: it does not change while the process runs.
pub(super) fn route(identity: &Identity, application: OpenApi) -> Router {
    let document = document(identity, application);
    let json: Arc<str> = document.to_json().unwrap_or_default().into();
    Router::new().route(PATH, get(serve)).with_state(json)
}

async fn serve(State(json): State<Arc<str>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json;charset=utf-8")], json.to_string())
}
