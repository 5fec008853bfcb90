//! Caddy as a reverse proxy.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
};

use crate::{Error, Home, Process, provide};

/// A Caddy with nothing but a `reverse_proxy`, whose connections to the one server behind it are shared by all clients.
#[derive(Debug)]
pub struct Caddy {
    _process: Process,
    address: SocketAddr,
    // Last, because the server must have ended before its folder goes.
    _home: Home,
}

impl Caddy {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// The package is missing.
    pub fn provide() -> Result<(), Error> {
        provide("caddy", "caddy")
    }

    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn sharing_connections(server: SocketAddr) -> Result<Self, Error> {
        Self::provide()?;
        let home = Home::new()?;
        let address = SocketAddr::from(([127, 0, 0, 1], Home::free_port()?));
        let file = home.folder().join("Caddyfile");
        let configuration = format!(
            "{{\n\tadmin off\n}}\nhttp://:{} {{\n\tbind {}\n\treverse_proxy {server}\n}}\n",
            address.port(),
            address.ip()
        );
        fs::write(&file, configuration).map_err(Error::io("Caddyfile"))?;
        let mut command = home.command("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
        let mut process = home.start("caddy", &mut command)?;
        home.wait("caddy", &mut process, || TcpStream::connect(address).is_ok())?;
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
