//! An instance of the sample application.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use wicketgate_test_servers::{Home, Process};

/// Longer than anything takes here, so that what never comes fails.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Instance {
    address: SocketAddr,
    process: Process,
    // Last, because the process must have ended before its folder goes.
    home: Home,
}

impl Instance {
    pub(crate) fn start(database_url: &str, settings: &[(&str, &str)]) -> Self {
        let home = Home::own().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], Home::free_port().unwrap()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_instance"));
        command
            .arg("serve")
            .env_clear()
            .env("WICKETGATE__LISTEN", address.to_string())
            .env("WICKETGATE__DATABASE__URL", database_url)
            .env("WICKETGATE__EMAIL__DIRECTORY", home.folder().join("mail"))
            .env("WICKETGATE__RATE_LIMITS__ENABLED", "false")
            .env("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000");
        for (name, value) in settings {
            command.env(format!("WICKETGATE__{name}"), value);
        }
        let mut process = home.start("instance", &mut command).unwrap();
        home.wait("instance", &mut process, || TcpStream::connect(address).is_ok())
            .unwrap();
        Self { address, process, home }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells it to stop, and returns when it has begun to.
    pub(crate) fn begin_to_stop(&mut self) {
        self.process.terminate();
        let begin = Instant::now();
        while !self.log().contains("stopping") {
            assert!(begin.elapsed() < PATIENCE, "{}", self.log());
            thread::yield_now();
        }
    }

    /// Waits for its end, and gives its log.
    pub(crate) fn end(&mut self) -> String {
        self.process.wait();
        self.log()
    }

    /// How many mails were sent.
    pub(crate) fn mails(&self) -> usize {
        let files = fs::read_dir(self.home.folder().join("mail")).into_iter().flatten();
        let is_mail = |file: &fs::DirEntry| file.path().extension() == Some("eml".as_ref());
        files.flatten().filter(is_mail).count()
    }

    fn log(&self) -> String {
        self.home.read_log("instance").unwrap()
    }
}
