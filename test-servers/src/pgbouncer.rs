//! PgBouncer, a connection pooler in front of PostgreSQL.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
};

use crate::{Error, Home, PostgreSql, Process, provide};

/// A PgBouncer whose connections to the server belong to a client only while a transaction lasts.
#[derive(Debug)]
pub struct PgBouncer {
    _process: Process,
    port: u16,
    // Last, because the pooler must have ended before its folder goes.
    _home: Home,
}

impl PgBouncer {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// The package is missing.
    pub fn provide() -> Result<(), Error> {
        provide("pgbouncer", "pgbouncer")
    }

    /// Starts one in front of this server, with at most so many connections to each database, and waits until it answers. A
    /// connection is a client's while a transaction lasts.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start(server: &PostgreSql, connections: usize) -> Result<Self, Error> {
        Self::start_in_mode("transaction", server, connections)
    }

    /// The same, and a connection is a client's for as long as it is connected.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with_sessions(server: &PostgreSql, connections: usize) -> Result<Self, Error> {
        Self::start_in_mode("session", server, connections)
    }

    fn start_in_mode(mode: &str, server: &PostgreSql, connections: usize) -> Result<Self, Error> {
        Self::provide()?;
        let home = Home::new()?;
        let port = Home::free_port()?;
        let folder = home.folder();
        fs::write(folder.join("users"), "\"wicketgate\" \"wicketgate\"\n").map_err(Error::io("users"))?;
        let configuration = format!(
            "[databases]
* = host=127.0.0.1 port={}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {}
pool_mode = {mode}
default_pool_size = {connections}
",
            server.port(),
            folder.join("users").display(),
        );
        let file = folder.join("pgbouncer.ini");
        fs::write(&file, configuration).map_err(Error::io("pgbouncer.ini"))?;
        let mut command = home.command("pgbouncer");
        command.arg(&file);
        let mut process = home.start("pgbouncer", &mut command)?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        home.wait("pgbouncer", &mut process, || TcpStream::connect(address).is_ok())?;
        Ok(Self {
            _process: process,
            port,
            _home: home,
        })
    }

    /// The URL of a database behind it, as [`PostgreSql::url`].
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://wicketgate:wicketgate@127.0.0.1:{}/{database}", self.port)
    }
}
