use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::time::timeout;
use wicketgate_identity::UserStore;

const HEALTH: &str = "/healthz";
const READINESS: &str = "/readyz";
/// The paths of the probes.
pub(super) const PATHS: [&str; 2] = [HEALTH, READINESS];

/// `/healthz`: the process answers. `/readyz`: so does the store behind it, and takes writes as far as it knows; 503
/// otherwise.
pub(super) fn routes(store: Arc<dyn UserStore>) -> Router {
    Router::new()
        .route(HEALTH, get(|| async { "alive" }))
        .route(READINESS, get(ready))
        .with_state(store)
}

async fn ready(State(store): State<Arc<dyn UserStore>>) -> (StatusCode, &'static str) {
    let refusal = match timeout(PATIENCE, store.ping()).await {
        Ok(Ok(())) => return (StatusCode::OK, "ready"),
        Ok(Err(error)) => error.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    tracing::warn!(error = refusal, "not ready");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "the account store does not answer, or takes no writes",
    )
}

/// Shorter than what asks is likely to wait: a database that was cut off neither answers nor refuses.
const PATIENCE: Duration = Duration::from_secs(2);
