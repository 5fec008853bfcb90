//! Requests to the application, over connections as the server has them.

use serde_json::Value;
use wicketgate_conformance::{Application, Origin, ReceivedResponse, exchange};

pub(crate) async fn get(application: &Application, path: &str, header: &str) -> ReceivedResponse {
    send(application, "GET", path, header, "").await
}

pub(crate) async fn post(application: &Application, path: &str, header: &str, body: &Value) -> ReceivedResponse {
    let header = format!("{header}Content-Type: application/json\r\n");
    send(application, "POST", path, &header, &body.to_string()).await
}

async fn send(application: &Application, method: &str, path: &str, header: &str, body: &str) -> ReceivedResponse {
    let host = Origin::LOCAL.host;
    let length = body.len();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{header}Content-Length: {length}\r\n\r\n{body}");
    exchange(application.connect(), method, request.as_bytes())
        .await
        .unwrap()
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

pub(crate) fn cookie(value: &str) -> String {
    format!("Cookie: .AspNetCore.Identity.Application={value}\r\n")
}

/// The body, read.
pub(crate) fn json(answer: &ReceivedResponse) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// A text in the body.
pub(crate) fn text(answer: &ReceivedResponse, name: &str) -> String {
    json(answer)[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {answer:?}"))
        .to_owned()
}
