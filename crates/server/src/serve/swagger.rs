//! The page to try the endpoints on: Swagger UI, from this binary alone.

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa_swagger_ui::Config;

use super::openapi;

const INDEX: &str = "index.html";
/// Other forms of the page's script, which it does not load. The folder `swagger-ui` of this crate has nearly nothing in
/// their place.
const UNUSED: [&str; 3] = [
    "swagger-ui.js",
    "swagger-ui-es-bundle.js",
    "swagger-ui-es-bundle-core.js",
];

/// `/swagger` and the page's files below it.
pub(super) fn routes() -> Router {
    // Same-origin requests carry cookies, so that a login with `useCookies=true` works from the page.
    let config = Arc::new(
        Config::from(openapi::PATH)
            .with_credentials(true)
            .try_it_out_enabled(true),
    );
    let index_config = Arc::clone(&config);
    Router::new()
        .route("/swagger", get(|| async move { file(INDEX, index_config) }))
        .route(
            "/swagger/{file}",
            get(|Path(name): Path<String>| async move { file(&name, config) }),
        )
}

fn file(name: &str, config: Arc<Config<'static>>) -> Response {
    if UNUSED.contains(&name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match utoipa_swagger_ui::serve(name, config) {
        Ok(Some(file)) if name == INDEX => {
            let page = String::from_utf8_lossy(&file.bytes);
            ([(CONTENT_TYPE, file.content_type)], with_base(&page)).into_response()
        }
        Ok(Some(file)) => ([(CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file of the Swagger page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The page names its files relative to itself, but it is at `/swagger` with and without a closing slash.
fn with_base(page: &str) -> String {
    page.replacen("<head>", "<head>\n    <base href=\"/swagger/\" />", 1)
}
