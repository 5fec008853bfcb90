//! Instances of the sample server.

use std::{
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
};

use wicketgate_test_servers::{Error, Home, Process};
use xtask::server::debug_build;

use super::families::GRACE;

pub(super) const INSTANCES: usize = 3;

/// Processes of the sample server.
#[derive(Debug)]
pub(super) struct Instances {
    processes: Vec<Process>,
    addresses: Vec<SocketAddr>,
    database_urls: [String; INSTANCES],
    mail_server: String,
    program: PathBuf,
    // Last, because the processes must have ended before their folder goes.
    home: Home,
}

impl Instances {
    /// Starts all at once, as an orchestrator would.
    pub(super) fn start(
        workspace: &Path,
        database_urls: [String; INSTANCES],
        mail_server: String,
    ) -> Result<Self, Error> {
        let free = |_| Ok(SocketAddr::from(([127, 0, 0, 1], Home::free_port()?)));
        let mut instances = Self {
            processes: Vec::new(),
            addresses: (0..INSTANCES).map(free).collect::<Result<_, Error>>()?,
            database_urls,
            mail_server,
            program: debug_build(workspace, "spa-backend"),
            home: Home::own()?,
        };
        instances.start_all()?;
        Ok(instances)
    }

    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub(super) fn kill(&mut self, round: usize) {
        self.processes[round % INSTANCES].kill();
    }

    pub(super) fn restart(&mut self, round: usize) -> Result<(), Error> {
        let index = round % INSTANCES;
        self.processes[index] = self.spawn(index)?;
        self.wait(index)
    }

    /// As a power failure of their machine would.
    pub(super) fn kill_all(&mut self) {
        self.processes.iter_mut().for_each(Process::pause);
        self.processes.iter_mut().for_each(Process::kill);
    }

    pub(super) fn start_all(&mut self) -> Result<(), Error> {
        self.processes = (0..INSTANCES)
            .map(|index| self.spawn(index))
            .collect::<Result<_, _>>()?;
        (0..INSTANCES).try_for_each(|index| self.wait(index))
    }

    /// What a command prints, with the settings of the first instance.
    pub(super) fn run(&self, words: &[&str]) -> Result<String, Error> {
        let mut command = self.command(0);
        let output = command.args(words).output().map_err(|source| Error::Io {
            action: words.join(" "),
            source,
        })?;
        let [printed, error] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        match output.status.success() {
            true => Ok(printed),
            false => Err(Error::Failed {
                program: words.join(" "),
                output: format!("{printed}{error}"),
            }),
        }
    }

    fn spawn(&self, index: usize) -> Result<Process, Error> {
        self.home.start(&log_name(index), self.command(index).arg("serve"))
    }

    fn command(&self, index: usize) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(self.home.folder())
            .env("WICKETGATE__LISTEN", self.addresses[index].to_string())
            .env("WICKETGATE__DATABASE__URL", &self.database_urls[index])
            .env("WICKETGATE__EMAIL__SMTP_URL", &self.mail_server)
            .env("WICKETGATE__RATE_LIMITS__ENABLED", "false")
            .env("WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", "1000000")
            .env("WICKETGATE__SESSIONS__ENABLED", "true")
            .env("WICKETGATE__SESSIONS__ROTATE_REFRESH_TOKENS", "true")
            .env("WICKETGATE__SESSIONS__REFRESH_GRACE", format!("{}s", GRACE.as_secs()))
            // Not hashing, but the database is to be busy.
            .env("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000");
        command
    }

    fn wait(&mut self, index: usize) -> Result<(), Error> {
        let address = self.addresses[index];
        let listens = || TcpStream::connect(address).is_ok();
        self.home.wait(&log_name(index), &mut self.processes[index], listens)
    }
}

fn log_name(index: usize) -> String {
    format!("instance-{index}")
}
