//! A running instance of the sample application.

use std::{
    net::{SocketAddr, TcpStream},
    process::Command,
};

use wicketgate_test_servers::{Home, Process};

use crate::server::Server;

/// An instance of the sample application.
#[derive(Debug)]
pub(crate) struct Instance {
    address: SocketAddr,
    _process: Process,
    // Last, because the process must have ended before its folder goes.
    _home: Home,
}

impl Instance {
    pub(crate) fn start(database: &Server) -> Self {
        let home = Home::own().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], Home::free_port().unwrap()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_instance"));
        command
            .arg("serve")
            .env_clear()
            .env("WICKETGATE__LISTEN", address.to_string())
            .env("WICKETGATE__DATABASE__URL", database.url())
            .env("WICKETGATE__EMAIL__DIRECTORY", home.folder().join("mail"))
            .env("WICKETGATE__RATE_LIMITS__ENABLED", "false")
            .env("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000");
        let mut process = home.start("instance", &mut command).unwrap();
        home.wait("instance", &mut process, || TcpStream::connect(address).is_ok())
            .unwrap();
        Self {
            address,
            _process: process,
            _home: home,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}
