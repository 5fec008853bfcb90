//! The application's own routes; the conformance tests compare what they answer.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use tower::ServiceExt;
use wicketgate::Identity;
use wicketgate_identity::{MemoryStore, Options};
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

#[expect(clippy::unwrap_used, reason = "it is called by tests alone")]
async fn status(path: &str) -> StatusCode {
    let keys = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let identity = Identity::builder(MemoryStore::new()).keys(keys).build().unwrap();
    let application: Router = identity.wrap(spa_backend::app(&identity));
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

/// The answer's body.
#[expect(clippy::unwrap_used, reason = "it is called by tests alone")]
async fn send(application: &Router, request: Request<Body>) -> String {
    let response = application.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn roles_are_found_by_the_type_of_claim_that_was_configured() {
    let mut options = Options::default();
    options.claims_identity.role_claim_type = "role".to_owned();
    let keys = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let identity = Identity::builder(MemoryStore::new())
        .keys(keys)
        .options(options)
        .build()
        .unwrap();
    let application: Router = identity.wrap(spa_backend::app(&identity));
    let post = |path: &str| {
        Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(r#"{"email":"ada@example.test","password":"Passw0rd!"}"#))
            .unwrap()
    };
    send(&application, post("/register")).await;
    let accounts = identity.accounts();
    let user = accounts.find_by_name("ada@example.test").await.unwrap().unwrap();
    accounts.add_role(&user, "Manager").await.unwrap().unwrap();
    let answer = send(&application, post("/login")).await;
    let token = answer.split('"').find(|part| part.starts_with("CfDJ8")).unwrap();
    let request = Request::get("/roles")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    let roles = send(&application, request).await;
    assert!(roles.contains(r#""type":"role","value":"Manager""#), "{roles}");
}
