//! What an application around the Identity API makes of who asks: hosts in links, and claims in tickets.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod claims;
mod hosts;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    response::Response,
};
use http::Request;
use tower::ServiceExt;
use wicketgate_axum::{Identity, IdentityBuilder};
use wicketgate_identity::MemoryStore;
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

const ADA: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;

fn protection() -> DataProtection {
    DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom))
}

fn builder(protection: DataProtection) -> IdentityBuilder {
    Identity::builder(MemoryStore::new()).keys(protection)
}

/// The beginning of a POST of JSON.
fn post(path: &str) -> http::request::Builder {
    Request::post(path).header("content-type", "application/json")
}

async fn answer(application: &Router, request: Request<Body>) -> Response {
    application.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 100_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}
