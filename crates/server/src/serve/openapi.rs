use std::sync::{Arc, OnceLock};

use axum::{Router, body::Bytes, extract::State, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
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

/// Serves the document. It is made once, when somebody asks for it first: it does not change while the process runs, and
/// most servers are never asked.
pub(super) fn route(identity: &Identity, application: OpenApi) -> Router {
    let document = Document {
        identity: identity.clone(),
        application,
        json: OnceLock::new(),
    };
    Router::new().route(PATH, get(serve)).with_state(Arc::new(document))
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
