//! The probes of orchestrators and load balancers.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use tokio::time::timeout;
use tower::Service;
use wicketgate_identity::Stores;

const HEALTH: &str = "/healthz";
const READINESS: &str = "/readyz";

/// `/healthz`: the process answers. `/readyz`: so does the store behind it, and takes writes as far as it knows; 503
/// otherwise. Both are there under the endpoints' prefix, too, for those who come through a proxy that passes nothing else.
pub(super) struct Probes {
    router: Router,
    prefix: String,
    store: StoreOnceOpen,
}

/// Empty until the store is open.
type StoreOnceOpen = Arc<OnceLock<Arc<dyn Stores>>>;

impl Probes {
    pub(super) fn new(prefix: &str) -> Self {
        let store = StoreOnceOpen::default();
        let router = Router::new()
            .route(HEALTH, get(|| async { "alive" }))
            .route(READINESS, get(ready))
            .with_state(Arc::clone(&store));
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            path => format!("/{path}"),
        };
        let router = match prefix.as_str() {
            "" => router,
            prefix => Router::new().nest(prefix, router.clone()).merge(router),
        };
        Self { router, prefix, store }
    }

    /// From now on this store is asked.
    pub(super) fn ask(&self, store: Arc<dyn Stores>) {
        let _ = self.store.set(store);
    }

    pub(super) fn has(&self, path: &str) -> bool {
        let is_probe = |path| [HEALTH, READINESS].contains(&path);
        is_probe(path) || path.strip_prefix(&self.prefix).is_some_and(is_probe)
    }

    pub(super) async fn answer(&self, request: Request) -> Response {
        let Ok(response) = self.router.clone().call(request).await;
        response
    }
}

async fn ready(State(store): State<StoreOnceOpen>) -> (StatusCode, &'static str) {
    let Some(store) = store.get() else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the account store could not be opened yet",
        );
    };
    let refusal = match timeout(PATIENCE, store.accounts().ping()).await {
        Ok(Ok(())) => return (StatusCode::OK, "ready"),
        Ok(Err(error)) => error.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    tracing::warn!(error = refusal, "not ready");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "the account store does not respond or cannot be written to",
    )
}

/// Shorter than what asks is likely to wait: a database that was cut off neither answers nor refuses.
const PATIENCE: Duration = Duration::from_secs(2);
