//! The servers that are measured.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use wicketgate_test_servers::Home;

use super::process;

const START_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_micros(500);

/// What is measured.
#[derive(Debug, Clone)]
pub(crate) enum Program {
    /// The sample application, with everything it writes in one folder.
    Sample(PathBuf),
    /// The server without an application, the same way.
    Wicketgate(PathBuf),
    /// `examples/bare-axum`.
    BareAxum(PathBuf),
}

/// A server that is being measured; it ends with this value.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
    /// From its start to its first answer.
    pub(crate) started: Duration,
}

impl Server {
    pub(crate) fn start(program: &Program, folder: &Path) -> Result<Self, String> {
        let port = Home::free_port().map_err(|error| error.to_string())?;
        let url = format!("http://127.0.0.1:{port}");
        let (mut command, ready) = match program {
            Program::BareAxum(path) => {
                let mut command = Command::new(path);
                command.env("PORT", port.to_string());
                (command, "/probe/hello")
            }
            Program::Sample(path) => (serve(path, folder, port), "/probe/public"),
            Program::Wicketgate(path) => (serve(path, folder, port), "/healthz"),
        };
        let log = fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
        let begin = Instant::now();
        let process = command.current_dir(folder).stdout(Stdio::null()).stderr(log).spawn();
        let mut server = Self {
            process: process.map_err(|error| error.to_string())?,
            started: Duration::ZERO,
            url: url.clone(),
        };
        while ureq::get(format!("{url}{ready}")).call().is_err() {
            let ended = server.process.try_wait().is_ok_and(|status| status.is_some());
            if ended || begin.elapsed() > START_LIMIT {
                return Err(format!("the server did not start: {}", folder.join("log").display()));
            }
            sleep(POLL);
        }
        server.started = begin.elapsed();
        Ok(server)
    }

    /// Resident memory, in MiB.
    pub(crate) fn memory(&self) -> Result<f64, String> {
        let status = process::file(self.process.id(), "status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        Ok(kilobytes.ok_or("no VmRSS in /proc/PID/status")? / 1024.0)
    }

    /// Processor time that it has used, in clock ticks.
    pub(crate) fn ticks(&self) -> Result<u64, String> {
        process::ticks(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(path: &Path, folder: &Path, port: u16) -> Command {
    let mut command = Command::new(path);
    command
        .arg("serve")
        .env("WICKETGATE__LISTEN", format!("127.0.0.1:{port}"))
        .env(
            "WICKETGATE__DATABASE__URL",
            format!("sqlite://{}", folder.join("app.db").display()),
        )
        .env("WICKETGATE__KEYS__DIRECTORY", folder.join("keys"))
        .env("WICKETGATE__LOCKOUT__ALLOWED_FOR_NEW_USERS", "false")
        .env("WICKETGATE__LOG", "warn");
    command
}

/// A folder for a server's data.
pub(crate) fn folder() -> Result<TempDir, String> {
    tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))
}
