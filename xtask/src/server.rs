//! A program that serves, as a process of its own.

use std::{
    fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use wicketgate_test_servers::{Home, Process};

const START_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_micros(500);

/// The name of a server's log in its home.
const LOG: &str = "server";

/// A program that serves, with its settings.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    kind: Kind,
    settings: Vec<(&'static str, String)>,
    ready: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wicketgate,
    Other,
}

/// A server that runs until this value is dropped, or until this process ends in whatever way.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: SocketAddr,
    /// From its start to its first answer.
    pub started: Duration,
}

impl Program {
    /// The server or the sample application. What it writes goes to the home in which it is started.
    #[must_use]
    pub fn wicketgate(path: PathBuf) -> Self {
        Self {
            path,
            kind: Kind::Wicketgate,
            settings: Vec::new(),
            ready: "/readyz",
        }
    }

    /// Any other program that takes its port from the variable `PORT`. It is ready when it answers `GET ready`.
    #[must_use]
    pub fn with_port(path: PathBuf, ready: &'static str) -> Self {
        Self {
            path,
            kind: Kind::Other,
            settings: Vec::new(),
            ready,
        }
    }

    /// With a setting, which is named like its variable without the prefix: `RATE_LIMITS__ENABLED`.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    /// The same, but ready when it answers `GET path`.
    #[must_use]
    pub fn ready_at(mut self, path: &'static str) -> Self {
        self.ready = path;
        self
    }

    /// A command of the program that has the server's settings, such as `users`.
    #[must_use]
    pub fn command(&self, home: &Home) -> Command {
        let folder = home.folder();
        let mut command = Command::new(&self.path);
        command.current_dir(folder);
        if self.kind == Kind::Wicketgate {
            command
                .env(
                    "WICKETGATE__DATABASE__URL",
                    format!("sqlite://{}", folder.join("app.db").display()),
                )
                .env("WICKETGATE__KEYS__DIRECTORY", folder.join("keys"))
                .env("WICKETGATE__EMAIL__DIRECTORY", folder.join("mail"));
        }
        for (name, value) in &self.settings {
            command.env(format!("WICKETGATE__{name}"), value);
        }
        command
    }

    /// Starts it on a free port, and waits until it is ready.
    ///
    /// # Errors
    /// It does not start; the text ends with its log.
    pub fn start(&self, home: &Home) -> Result<Server, String> {
        let port = Home::free_port().map_err(|error| error.to_string())?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = self.command(home);
        match self.kind {
            Kind::Wicketgate => command.arg("serve").env("WICKETGATE__LISTEN", address.to_string()),
            Kind::Other => command.env("PORT", port.to_string()),
        };
        let begin = Instant::now();
        let process = home.start(LOG, &mut command).map_err(|error| error.to_string())?;
        let mut server = Server {
            process,
            address,
            started: Duration::ZERO,
        };
        while !answers(address, self.ready) {
            if begin.elapsed() > START_LIMIT || !server.process.is_running() {
                let log = home.read_log(LOG).unwrap_or_else(|error| error.to_string());
                return Err(format!("{} did not start:\n{log}", self.path.display()));
            }
            sleep(POLL);
        }
        server.started = begin.elapsed();
        Ok(server)
    }
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its paths are appended to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Resident memory, in MiB.
    ///
    /// # Errors
    /// Linux does not tell.
    pub fn memory(&self) -> Result<f64, String> {
        let path = format!("/proc/{}/status", self.id());
        let status = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        Ok(kilobytes.ok_or_else(|| format!("no VmRSS in {path}"))? / 1024.0)
    }
}

/// A home for a server, with this process's rights.
///
/// # Errors
/// There is no room for its folder.
pub fn home() -> Result<Home, String> {
    Home::own().map_err(|error| error.to_string())
}

/// Where cargo puts a program that it builds for debugging.
#[must_use]
pub fn debug_build(workspace: &Path, name: &str) -> PathBuf {
    crate::tools::target_folder(workspace).join("debug").join(name)
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(START_LIMIT))?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}
