//! Requests to an application in this process, and what comes back.

use axum::{
    Router,
    body::{Body, to_bytes},
    response::Response,
};
use http::{HeaderName, Request};
use serde_json::Value;
use tower::ServiceExt;

/// What Ada registers and logs in with.
pub(crate) const ADA: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;

pub(crate) async fn answer(application: &Router, request: Request<Body>) -> Response {
    application.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn send(
    application: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(application, request.body(Body::from(body.to_owned())).unwrap()).await
}

pub(crate) async fn get(application: &Router, path: &str, headers: &[(&str, &str)]) -> Response {
    send(application, "GET", path, headers, "").await
}

pub(crate) async fn post(application: &Router, path: &str, json: &str) -> Response {
    send(application, "POST", path, &[("content-type", "application/json")], json).await
}

pub(crate) async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 100_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

pub(crate) async fn status_and_text(response: Response) -> (u16, String) {
    (response.status().as_u16(), text(response).await)
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// The names of the response's headers.
pub(crate) fn header_names(response: &Response) -> impl Iterator<Item = &str> {
    response.headers().keys().map(HeaderName::as_str)
}

/// The first cookie that the response sets, as a browser sends it back.
pub(crate) fn cookie(response: &Response) -> String {
    let cookie = header(response, "set-cookie").unwrap();
    cookie.split_once(';').unwrap().0.to_owned()
}

/// The access token that a login answers with.
pub(crate) async fn access_token(application: &Router, credentials: &str) -> String {
    let tokens: Value = serde_json::from_str(&text(post(application, "/login", credentials).await).await).unwrap();
    tokens["accessToken"].as_str().unwrap().to_owned()
}

/// Logs in, and says what goes into the header `Authorization`.
pub(crate) async fn log_in(application: &Router, credentials: &str) -> String {
    format!("Bearer {}", access_token(application, credentials).await)
}
