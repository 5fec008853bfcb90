//! HAProxy.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
};

use crate::{Error, Home, Process, provide};

/// A HAProxy that asks servers twice a second whether they are ready, and spreads requests over those that are.
///
/// It knows no sessions. Only what no server has seen is sent to another one.
#[derive(Debug)]
pub struct HaProxy {
    _process: Process,
    address: SocketAddr,
    // Last, because the server must have ended before its folder goes.
    _home: Home,
}

impl HaProxy {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// The package is missing.
    pub fn provide() -> Result<(), Error> {
        provide("haproxy", "haproxy")
    }

    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start(servers: &[SocketAddr]) -> Result<Self, Error> {
        Self::start_with(|address| configuration(address, servers))
    }

    /// Starts one whose connections to the one server behind it are shared by all clients, without asking first whether it
    /// is ready.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn sharing_connections(server: SocketAddr) -> Result<Self, Error> {
        Self::start_with(|address| sharing(address, server))
    }

    fn start_with(configuration: impl FnOnce(SocketAddr) -> String) -> Result<Self, Error> {
        Self::provide()?;
        let home = Home::new()?;
        let address = SocketAddr::from(([127, 0, 0, 1], Home::free_port()?));
        let file = home.folder().join("haproxy.cfg");
        fs::write(&file, configuration(address)).map_err(Error::io("haproxy.cfg"))?;
        let mut command = home.command("haproxy");
        command.arg("-db").arg("-f").arg(&file);
        let mut process = home.start("haproxy", &mut command)?;
        home.wait("haproxy", &mut process, || TcpStream::connect(address).is_ok())?;
        Ok(Self {
            _process: process,
            address,
            _home: home,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn sharing(address: SocketAddr, server: SocketAddr) -> String {
    format!(
        "\
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 6s
frontend clients
    bind {address}
    default_backend shared
backend shared
    http-reuse always
    server shared {server}
"
    )
}

fn configuration(address: SocketAddr, servers: &[SocketAddr]) -> String {
    let servers: String = servers
        .iter()
        .enumerate()
        .map(|(index, server)| format!("    server instance{index} {server} check inter 500ms fall 2 rise 2\n"))
        .collect();
    format!(
        "\
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 6s
    timeout check 1s
    retries 2
    option redispatch 1
frontend clients
    bind {address}
    default_backend instances
backend instances
    balance roundrobin
    option httpchk GET /readyz
    http-check expect status 200
    default-server on-marked-down shutdown-sessions
{servers}"
    )
}
