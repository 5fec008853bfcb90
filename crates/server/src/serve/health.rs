use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use wicketgate_identity::UserStore;

const HEALTH: &str = "/healthz";
const READINESS: &str = "/readyz";
/// The paths of the probes.
pub(super) const PATHS: [&str; 2] = [HEALTH, READINESS];

/// `/healthz`: the process answers. `/readyz`: so does the store behind it; 503 otherwise.
pub(super) fn routes(store: Arc<dyn UserStore>) -> Router {
    Router::new()
        .route(HEALTH, get(|| async { "alive" }))
        .route(READINESS, get(ready))
        .with_state(store)
}

async fn ready(State(store): State<Arc<dyn UserStore>>) -> (StatusCode, &'static str) {
    match store.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the account store does not answer")
        }
    }
}
