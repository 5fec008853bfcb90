//! PostgreSQL.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{Error, Home, Process, provide};

/// Debian 12's.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// What tests need no disk for, and enough connections for all of them at once.
const SETTINGS: [&str; 4] = [
    "fsync=off",
    "full_page_writes=off",
    "max_connections=500",
    "listen_addresses=127.0.0.1",
];

/// How long the children of a server that was killed may outlive it.
const CHILDREN_LIMIT: Duration = Duration::from_secs(10);

/// A PostgreSQL of one's own.
#[derive(Debug)]
pub struct PostgreSql {
    process: Process,
    port: u16,
    options: Vec<String>,
    // Last, because the server must have ended before its folder goes.
    home: Home,
}

impl PostgreSql {
    /// Installs what is missing, if this is root's process.
    ///
    /// # Errors
    /// The package is missing.
    pub fn provide() -> Result<(), Error> {
        provide(&format!("{PROGRAMS}/postgres"), "postgresql-15")
    }

    /// Starts one, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(&[])
    }

    /// Starts one with more settings, such as `max_connections=20`.
    ///
    /// # Errors
    /// It is not installed, or does not start with these.
    pub fn start_with(settings: &[&str]) -> Result<Self, Error> {
        Self::provide()?;
        let options = settings.iter().copied().map(str::to_owned);
        Self::start_in(Home::new()?, options.collect())
    }

    /// Starts one that takes connections over TLS, too, with this certificate and key in PEM.
    ///
    /// # Errors
    /// It is not installed or does not start.
    pub fn start_with_certificate(certificate: &str, key: &str) -> Result<Self, Error> {
        Self::provide()?;
        let home = Home::new()?;
        let certificate = home.keep("certificate.pem", certificate)?;
        let key = home.keep("key.pem", key)?;
        let options = [
            "ssl=on".to_owned(),
            format!("ssl_cert_file={}", certificate.display()),
            format!("ssl_key_file={}", key.display()),
        ];
        Self::start_in(home, options.into())
    }

    fn start_in(home: Home, options: Vec<String>) -> Result<Self, Error> {
        initialise(&home)?;
        let port = Home::free_port()?;
        let process = serve_with(&home, port, &options)?;
        Ok(Self {
            process,
            port,
            options,
            home,
        })
    }

    /// Starts it again where it was, with what it had, however it ended.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.process.kill();
        self.process = serve_with(&self.home, self.port, &self.options)?;
        Ok(())
    }

    /// What it answers to a statement in its database `postgres`: lines of columns with `|` between.
    ///
    /// # Errors
    /// It does not answer, or refuses the statement.
    pub fn query(&self, statement: &str) -> Result<String, Error> {
        let mut command = self.home.command(program("psql"));
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        command.arg("--dbname").arg(self.url()).args(["--command", statement]);
        self.home.run(&mut command)
    }

    /// The port of the loopback interface that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder with its socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.home.folder()
    }

    /// The URL of its database `postgres`, as an account that may create databases and roles.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://wicketgate:wicketgate@127.0.0.1:{}/postgres", self.port)
    }

    /// What it says about its version.
    ///
    /// # Errors
    /// It does not answer.
    pub fn version(&self) -> Result<String, Error> {
        self.home.run(self.home.command(program("postgres")).arg("--version"))
    }

    /// What it has written into its log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> Result<String, Error> {
        self.home.read_log("postgresql")
    }

    /// The process, for tests in which it fails.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

pub(crate) fn initialise(home: &Home) -> Result<(), Error> {
    let password = home.folder().join("password");
    fs::write(&password, "wicketgate\n").map_err(Error::io("password"))?;
    let mut command = home.command(program("initdb"));
    command
        .args(["--username=wicketgate", "--auth=scram-sha-256", "--no-sync"])
        .args(["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata=data"])
        .arg(format!("--pwfile={}", password.display()));
    home.run(&mut command).map(drop)
}

pub(crate) fn serve(home: &Home, port: u16) -> Result<Process, Error> {
    serve_with(home, port, &[])
}

fn serve_with(home: &Home, port: u16, options: &[String]) -> Result<Process, Error> {
    let begin = Instant::now();
    loop {
        match serve_once(home, port, options) {
            // The children of a server that was killed hold its memory until they notice that it is gone.
            Err(Error::NotReady { log, .. }) if is_held_by_children(&log) && begin.elapsed() < CHILDREN_LIMIT => {
                sleep(Duration::from_millis(50));
            }
            served => return served,
        }
    }
}

fn serve_once(home: &Home, port: u16, options: &[String]) -> Result<Process, Error> {
    let mut command = home.command(program("postgres"));
    command.args(["-D", "data"]).arg("-p").arg(port.to_string());
    command.arg("-k").arg(home.folder());
    for setting in SETTINGS.into_iter().chain(options.iter().map(String::as_str)) {
        command.args(["-c", setting]);
    }
    let mut process = home.start("postgresql", &mut command)?;
    home.wait("postgresql", &mut process, || {
        let mut ask = Command::new(program("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        ask.status().is_ok_and(|status| status.success())
    })?;
    Ok(process)
}

fn is_held_by_children(log: &str) -> bool {
    let mut last = log.lines().rev().filter(|line| !line.contains("HINT:"));
    last.next()
        .is_some_and(|line| line.contains("pre-existing shared memory block"))
}

pub(crate) fn program(name: &str) -> PathBuf {
    [PROGRAMS, name].iter().collect()
}
