//! The application's own routes; the conformance tests compare what they answer.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use tower::ServiceExt;
use wicketgate::Identity;
use wicketgate_identity::MemoryStore;
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

#[expect(clippy::unwrap_used, reason = "it is called by tests alone")]
async fn status(path: &str) -> StatusCode {
    let keys = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let identity = Identity::builder(Arc::new(MemoryStore::new()), keys).build();
    let application: Router = identity.serve(spa_backend::app(&identity));
    let request = Request::get(path).body(Body::empty()).unwrap();
    application.oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn every_described_route_is_there_and_wants_to_know_who_asks_unless_it_is_public() {
    let described = spa_backend::openapi().paths.paths;
    assert_eq!(described.len(), 10);
    for path in described.keys() {
        let expected = match path.as_str() {
            "/probe/public" => StatusCode::OK,
            // As in .NET, a route for cookies alone sends a browser to a login page.
            "/probe/cookie" => StatusCode::FOUND,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(status(path).await, expected, "{path}");
    }
}
