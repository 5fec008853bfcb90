//! Requests with JSON, to one instance or to the balancer.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::net::TcpStream;
use wicketgate_conformance::{ReceivedResponse, exchange};

pub(crate) const EMAIL: &str = "ada@example.test";
pub(crate) const PASSWORD: &str = "Passw0rd!";

/// How a request says who sends it.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    None,
    Cookie(String),
    Bearer(String),
}

pub(crate) async fn get(address: SocketAddr, path: &str, credential: &Credential) -> ReceivedResponse {
    send(address, "GET", path, credential, "").await
}

pub(crate) async fn post(address: SocketAddr, path: &str, credential: &Credential, body: &Value) -> ReceivedResponse {
    send(address, "POST", path, credential, &body.to_string()).await
}

/// Registers the one account of a test.
pub(crate) async fn register(address: SocketAddr) {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let response = post(address, "/register", &Credential::None, &body).await;
    assert_eq!(response.status, 200, "{}", response.body);
}

/// Logs it in and returns the answer's tokens.
pub(crate) async fn tokens(address: SocketAddr) -> Value {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let response = post(address, "/login", &Credential::None, &body).await;
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str(&response.body).unwrap()
}

/// The access token among them.
pub(crate) fn bearer(tokens: &Value) -> Credential {
    Credential::Bearer(tokens["accessToken"].as_str().unwrap().to_owned())
}

/// Logs the account in and returns its cookie.
pub(crate) async fn cookie(address: SocketAddr) -> Credential {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let response = post(address, "/login?useCookies=true", &Credential::None, &body).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let cookies = response.all("set-cookie");
    Credential::Cookie(cookies[0].split(';').next().unwrap().to_owned())
}

async fn send(address: SocketAddr, method: &str, path: &str, credential: &Credential, body: &str) -> ReceivedResponse {
    let credential = match credential {
        Credential::None => String::new(),
        Credential::Cookie(cookie) => format!("Cookie: {cookie}\r\n"),
        Credential::Bearer(token) => format!("Authorization: Bearer {token}\r\n"),
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         {credential}\r\n{body}",
        body.len(),
    );
    let connection = TcpStream::connect(address).await.unwrap();
    exchange(connection, method, request.as_bytes()).await.unwrap()
}
