//! A client that sends a request and does not wait for the answer.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::client::Credential;

/// Its connection.
#[derive(Debug)]
pub(crate) struct HungUpClient(TcpStream);

impl HungUpClient {
    pub(crate) async fn get(address: SocketAddr, path: &str, credential: &Credential) -> Self {
        let header = header(credential);
        Self::send(
            address,
            &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n"),
        )
        .await
    }

    pub(crate) async fn post(address: SocketAddr, path: &str, credential: &Credential, body: &Value) -> Self {
        let (header, body) = (header(credential), body.to_string());
        Self::send(address, &format!("{}{header}\r\n{body}", head(path, &body))).await
    }

    /// Announces a body, which never comes.
    pub(crate) async fn delete(address: SocketAddr, path: &str, credential: &Credential) -> Self {
        let header = header(credential);
        let head = format!("DELETE {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n");
        Self::send(address, &format!("{head}{header}\r\n")).await
    }

    /// Sends half of the body.
    pub(crate) async fn post_half(address: SocketAddr, path: &str, body: &Value) -> Self {
        let body = body.to_string();
        Self::send(
            address,
            &format!("{}\r\n{}", head(path, &body), &body[..body.len() / 2]),
        )
        .await
    }

    async fn send(address: SocketAddr, request: &str) -> Self {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        Self(connection)
    }

    /// Returns when the server knows.
    pub(crate) async fn hang_up(mut self) {
        self.0.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // The connection may be reset.
        let _ = self.0.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
}

fn head(path: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n")
}

fn header(credential: &Credential) -> String {
    match credential {
        Credential::None => String::new(),
        Credential::Cookie(cookie) => format!("Cookie: {cookie}\r\n"),
        Credential::Bearer(token) => format!("Authorization: Bearer {token}\r\n"),
    }
}
