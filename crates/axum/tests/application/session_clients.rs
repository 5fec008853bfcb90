//! Where sessions come from, in an application with a server of its own.

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use serde_json::Value;
use wicketgate_axum::Options;

use crate::{
    builder,
    client::{ADA, answer, get, post, text},
};

#[tokio::test]
async fn a_session_has_the_network_of_the_client_whom_the_application_names() {
    let mut options = Options::default();
    options.sessions.enabled = true;
    let identity = builder().options(options).build().unwrap();
    let application: Router = Router::from(identity.api()).layer(identity.layer());
    assert_eq!(post(&application, "/register", ADA).await.status(), 200);
    let peer: SocketAddr = "203.0.113.7:5000".parse().unwrap();
    let login = Request::post("/login")
        .header("content-type", "application/json")
        .extension(ConnectInfo(peer))
        .body(Body::from(ADA))
        .unwrap();
    let tokens: Value = serde_json::from_str(&text(answer(&application, login).await).await).unwrap();
    let bearer = format!("Bearer {}", tokens["accessToken"].as_str().unwrap());
    let listed = get(&application, "/manage/sessions", &[("authorization", &bearer)]).await;
    let listed: Value = serde_json::from_str(&text(listed).await).unwrap();
    assert_eq!(listed["sessions"][0]["client"], "203.0.113.0/24");
}
