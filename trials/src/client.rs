//! A client of a sample server.

use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "Passw0rd!";

/// A client that keeps its connections.
#[derive(Debug)]
pub(crate) struct Client {
    url: String,
    agent: Agent,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new(url: String) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build();
        Self {
            url,
            agent: agent.into(),
        }
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let request = self.agent.post(format!("{}{path}", self.url));
        answer(request.content_type("application/json").send(body.to_string()))
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Result<Answer, String> {
        let request = self.agent.get(format!("{}{path}", self.url));
        answer(request.header("authorization", format!("Bearer {token}")).call())
    }

    /// Sends an address and a password.
    pub(crate) fn post_credentials(&self, path: &str, email: &str, password: &str) -> Result<Answer, String> {
        self.post(path, &json!({"email": email, "password": password}))
    }

    /// An access token.
    pub(crate) fn log_in(&self, email: &str) -> Result<String, String> {
        let answer = self.post_credentials("/login", email, PASSWORD)?;
        let tokens: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let token = tokens.get("accessToken").and_then(Value::as_str);
        token
            .map(str::to_owned)
            .ok_or_else(|| format!("login of {email}: {} {}", answer.status, answer.body))
    }
}

fn answer(answer: Result<Response<Body>, ureq::Error>) -> Result<Answer, String> {
    let mut answer = answer.map_err(|error| error.to_string())?;
    let body = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok(Answer {
        status: answer.status().as_u16(),
        body,
    })
}
