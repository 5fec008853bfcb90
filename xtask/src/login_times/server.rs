//! The server whose logins are timed.

use std::{path::PathBuf, process::Command};

use serde_json::json;
use wicketgate_test_servers::{Home, Process};

use super::Choice;

/// A process of the sample server, a client of it, and its operator.
pub(super) struct Server {
    program: PathBuf,
    settings: Vec<(&'static str, String)>,
    url: String,
    agent: ureq::Agent,
    _process: Process,
    // Last, because the process must have ended before its folder goes.
    home: Home,
}

impl Server {
    pub(super) fn start(program: PathBuf, choice: &Choice) -> Result<Self, String> {
        let home = Home::own().map_err(|error| error.to_string())?;
        let address = format!("127.0.0.1:{}", Home::free_port().map_err(|error| error.to_string())?);
        let folder = home.folder();
        let sqlite = || format!("sqlite://{}", folder.join("app.db").display());
        let settings = vec![
            ("LISTEN", address.clone()),
            ("DATABASE__URL", choice.database.clone().unwrap_or_else(sqlite)),
            ("KEYS__DIRECTORY", folder.join("keys").display().to_string()),
            ("EMAIL__DIRECTORY", folder.join("mail").display().to_string()),
            ("PASSWORD_HASHER__ITERATION_COUNT", choice.rounds.to_string()),
            ("SIGN_IN__REQUIRE_CONFIRMED_EMAIL", "true".to_owned()),
            ("LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", i32::MAX.to_string()),
            ("RATE_LIMITS__ENABLED", "false".to_owned()),
            ("LOG", "error".to_owned()),
        ];
        let url = format!("http://{address}");
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut command = command(&program, &settings, &home);
        let mut process = home
            .start("server", command.arg("serve"))
            .map_err(|error| error.to_string())?;
        let answers = || agent.get(format!("{url}/healthz")).call().is_ok();
        home.wait("server", &mut process, answers)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            program,
            settings,
            url,
            agent,
            _process: process,
            home,
        })
    }

    /// Sends an address and a password; the answer's status.
    pub(super) fn post(&self, path: &str, email: &str, password: &str) -> Result<u16, String> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let body = json!({"email": email, "password": password}).to_string();
        let answer = request.content_type("application/json").send(body);
        let answer = answer.map_err(|error| error.to_string())?;
        Ok(answer.status().as_u16())
    }

    /// Runs `users WORDS…`.
    pub(super) fn users(&self, words: &[&str]) -> Result<(), String> {
        let mut command = command(&self.program, &self.settings, &self.home);
        match command.arg("users").args(words).status() {
            Ok(status) if status.success() => Ok(()),
            outcome => Err(format!("users {words:?}: {outcome:?}")),
        }
    }
}

fn command(program: &PathBuf, settings: &[(&str, String)], home: &Home) -> Command {
    let mut command = Command::new(program);
    command.current_dir(home.folder());
    for (name, value) in settings {
        command.env(format!("WICKETGATE__{name}"), value);
    }
    command
}
