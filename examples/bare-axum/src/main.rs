//! `GET /probe/hello` in bare axum, with nothing around it: what `cargo trials bench` compares an authenticated request of
//! the sample application with. Listens on the loopback port that the environment variable `PORT` names.

use std::{env, io, net::Ipv4Addr};

use axum::{Router, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok());
    let port: u16 = port.ok_or_else(|| io::Error::other("PORT is not set to a port"))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, Router::new().route("/probe/hello", get(hello))).await
}

/// As long as what the sample application answers there.
async fn hello() -> &'static str {
    "Hello, user@example.test!"
}
