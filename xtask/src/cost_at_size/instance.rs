//! The server that is measured.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
};

use serde_json::{Value, json};
use wicketgate_test_servers::{Home, Process};

pub(super) const PASSWORD: &str = "Passw0rd!";

/// A process of the sample server, and a client of it.
pub(super) struct Instance {
    url: String,
    agent: ureq::Agent,
    process: Process,
    // Last, because the process must have ended before its folder goes.
    home: Home,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Instance {
    pub(super) fn start(program: &Path, database_url: &str) -> Result<Self, String> {
        let home = Home::own().map_err(|error| error.to_string())?;
        let port = Home::free_port().map_err(|error| error.to_string())?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = Command::new(program);
        command
            .arg("serve")
            .current_dir(home.folder())
            .env("WICKETGATE__LISTEN", address.to_string())
            .env("WICKETGATE__DATABASE__URL", database_url)
            .env("WICKETGATE__EMAIL__DIRECTORY", home.folder().join("mail"))
            .env("WICKETGATE__RATE_LIMITS__ENABLED", "false")
            // Thousands log in for their tokens, and no login over HTTP is measured. Such a hash is as long as any.
            .env("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000")
            .env("WICKETGATE__LOG", "warn");
        let mut process = home
            .start("instance", &mut command)
            .map_err(|error| error.to_string())?;
        home.wait("instance", &mut process, || TcpStream::connect(address).is_ok())
            .map_err(|error| error.to_string())?;
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
        Ok(Self {
            url: format!("http://{address}"),
            agent: agent.into(),
            process,
            home,
        })
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let answer = request.content_type("application/json").send(body.to_string());
        Self::answer(answer)
    }

    pub(super) fn get(&self, path: &str, token: &str) -> Result<Answer, String> {
        let request = self.agent.get(format!("{}{path}", self.url));
        Self::answer(request.header("authorization", format!("Bearer {token}")).call())
    }

    /// An access token.
    pub(super) fn log_in(&self, email: &str) -> Result<String, String> {
        let answer = self.post("/login", &json!({"email": email, "password": PASSWORD}))?;
        let tokens: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let token = tokens.get("accessToken").and_then(Value::as_str);
        token
            .map(str::to_owned)
            .ok_or_else(|| format!("login of {email}: {} {}", answer.status, answer.body))
    }

    /// Waits until a mail was written: mails go out after the answer.
    pub(super) fn wait_for_mail(&mut self) -> Result<(), String> {
        let folder = self.home.folder().join("mail");
        let has_mail = || fs::read_dir(&folder).is_ok_and(|mut mails| mails.next().is_some());
        let waited = self.home.wait("instance", &mut self.process, has_mail);
        waited.map_err(|error| error.to_string())
    }

    fn answer(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, String> {
        let mut answer = answer.map_err(|error| error.to_string())?;
        let body = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
        Ok(Answer {
            status: answer.status().as_u16(),
            body,
        })
    }
}
