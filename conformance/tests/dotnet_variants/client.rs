//! Requests to the application.

use serde_json::Value;
use wicketgate_conformance::{Application, ReceivedResponse};

pub(crate) async fn get(application: &Application, path: &str, header: &str) -> ReceivedResponse {
    application.send("GET", path, header, "").await.unwrap()
}

pub(crate) async fn post(application: &Application, path: &str, header: &str, body: &Value) -> ReceivedResponse {
    application.send("POST", path, header, &body.to_string()).await.unwrap()
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
