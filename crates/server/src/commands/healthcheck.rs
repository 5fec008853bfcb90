//! `healthcheck`

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time,
};

use super::CommandError;
use crate::{serve::trusting_connector, settings::Settings};

const TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
/// More of an answer is not looked at.
const LONGEST_ANSWER: u64 = 4096;

/// Asks the server that runs with the same settings on this machine whether it is alive.
pub(crate) async fn healthcheck(settings: &Settings) -> Result<String, CommandError> {
    let address = reachable(settings.listen);
    let unhealthy = |reason: String| CommandError::Unhealthy { address, reason };
    let answer = time::timeout(TIMEOUT, ask(address, settings.tls.certificate.is_some()))
        .await
        .map_err(|_| unhealthy("it did not answer in time".to_owned()))?
        .map_err(|error| unhealthy(error.to_string()))?;
    let status_line = answer.lines().next().unwrap_or_default();
    if status_line.starts_with("HTTP/1.1 200") {
        Ok("alive\n".to_owned())
    } else {
        Err(unhealthy(format!("it answered `{}`", status_line.escape_debug())))
    }
}

async fn ask(address: SocketAddr, is_secure: bool) -> std::io::Result<String> {
    let stream = TcpStream::connect(address).await?;
    if is_secure {
        let name = address.ip().into();
        exchange(trusting_connector()?.connect(name, stream).await?).await
    } else {
        exchange(stream).await
    }
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<String> {
    stream.write_all(REQUEST).await?;
    let mut answer = Vec::new();
    // A server that closes without ceremony has answered all the same.
    let read = stream.take(LONGEST_ANSWER).read_to_end(&mut answer).await;
    if answer.is_empty() {
        read?;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Who listens at all addresses is asked at the machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
