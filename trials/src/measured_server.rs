//! A sample server whose answers are timed, and its accounts.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use wicketgate_test_servers::Home;
use xtask::{
    report::Outcome,
    server::{Program, Server, home},
    tools::{cargo, run, target_folder},
};

use crate::client::Client;

/// What the command line asks for.
#[derive(Debug, Args)]
pub(crate) struct WhichServer {
    /// Where the accounts are, in place of a SQLite database of their own
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Measure a build without optimisation
    #[arg(long)]
    pub(crate) debug: bool,
}

/// A server that refuses nobody for coming often.
pub(crate) struct MeasuredServer {
    pub(crate) client: Client,
    program: Program,
    _server: Server,
    home: Home,
    /// A database that is given may have accounts of earlier runs.
    run: u64,
}

/// Builds it.
pub(crate) fn build(workspace: &Path, choice: &WhichServer) -> Outcome {
    let mut build = cargo(["build", "--locked", "-p", "spa-backend"]);
    if !choice.debug {
        build.arg("--release");
    }
    run(build.current_dir(workspace))
}

impl MeasuredServer {
    /// With so many rounds of new password hashes, and a setting more.
    pub(crate) fn start(
        workspace: &Path,
        choice: &WhichServer,
        rounds: u32,
        setting: (&'static str, &str),
    ) -> Result<Self, String> {
        let profile = if choice.debug { "debug" } else { "release" };
        let path = target_folder(workspace).join(profile).join("spa-backend");
        let mut program = Program::wicketgate(path)
            .set("PASSWORD_HASHER__ITERATION_COUNT", rounds.to_string())
            .set("LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", i32::MAX.to_string())
            .set("RATE_LIMITS__ENABLED", "false")
            .set("LOG", "error")
            .set(setting.0, setting.1);
        if let Some(url) = &choice.database {
            program = program.set("DATABASE__URL", url);
        }
        let home = home()?;
        let server = program.start(&home)?;
        Ok(Self {
            client: Client::new(server.url()),
            program,
            _server: server,
            home,
            run: seconds_since_1970(),
        })
    }

    /// The address of somebody of this run.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("{name}-{}@example.test", self.run)
    }

    /// Registers somebody, and returns the address.
    pub(crate) fn register(&self, name: &str, password: &str) -> Result<String, String> {
        let address = self.address(name);
        match self.client.post_credentials("/register", &address, password)?.status {
            200 => Ok(address),
            status => Err(format!("the registration of {name} was answered {status}")),
        }
    }

    /// Runs `users WORDS…`.
    pub(crate) fn administer(&self, words: &[&str]) -> Result<(), String> {
        match self.program.command(&self.home).arg("users").args(words).status() {
            Ok(status) if status.success() => Ok(()),
            outcome => Err(format!("users {words:?}: {outcome:?}")),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the real time names a run")]
fn seconds_since_1970() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.unwrap_or_default().as_secs()
}
