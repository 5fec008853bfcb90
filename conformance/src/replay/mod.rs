//! Replaying a recorded scenario.

mod error;

use std::collections::{BTreeMap, HashMap};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

pub use self::error::ReplayError;
use crate::{
    application::Application,
    column_lengths::on_a_server,
    connection::{ReceivedResponse, exchange},
    cookie_jar::CookieJar,
    expectation::{COMPARED_HEADERS, Difference, Origin, text_matches},
    mailbox::field_of_mail,
    placeholders::{Captured, PlaceholderError, fill},
    scenario::{Administration, CookieExpectation, MailCapture, MailExpectation, RequestStep, Scenario, Step},
    store::Store,
    subject::Subject,
};

/// Replays a scenario against a fresh application, and says what came back that was not recorded.
///
/// # Errors
/// [`ReplayError`] when a step cannot be carried out at all; that is a failure too, never a reason to skip it.
pub async fn replay(scenario: &Scenario, store: Store) -> Result<Vec<Difference>, ReplayError> {
    let application = Application::start(store, &scenario.configuration(), scenario.clock).await?;
    if store.is_on_a_server() {
        replay_against(&application, &on_a_server(scenario.clone())).await
    } else {
        replay_against(&application, scenario).await
    }
}

/// Replays a scenario against what was started for it, with its options, at its time and with no accounts.
///
/// # Errors
/// As [`replay`].
pub async fn replay_against(subject: &impl Subject, scenario: &Scenario) -> Result<Vec<Difference>, ReplayError> {
    let mut replay = Replay {
        subject,
        captured: Captured::new(),
        jars: HashMap::new(),
        differences: Vec::new(),
    };
    for (index, step) in scenario.steps.iter().enumerate() {
        match step {
            Step::Request(request) => replay.request(index, request).await?,
            Step::Advance { seconds } => replay.subject.advance(*seconds),
            Step::Mail { messages, capture } => replay.mail(index, messages, capture)?,
            Step::Admin(command) => replay.administer(index, command).await?,
        }
    }
    Ok(replay.differences)
}

struct Replay<'a, S> {
    subject: &'a S,
    captured: Captured,
    jars: HashMap<String, CookieJar>,
    differences: Vec<Difference>,
}

impl<S: Subject> Replay<'_, S> {
    async fn request(&mut self, index: usize, step: &RequestStep) -> Result<(), ReplayError> {
        let mut jar = step
            .client
            .as_ref()
            .and_then(|client| self.jars.remove(client))
            .unwrap_or_default();
        let request = self.bytes_of(step, &jar)?;
        let place = format!("step {index} {} {}", step.method, step.path);
        let response = match self.subject.connect().await {
            Ok(connection) => exchange(connection, &step.method, &request).await,
            Err(error) => Err(error.into()),
        };
        let response = response.map_err(|source| ReplayError::Exchange {
            step: index,
            request: format!("{} {}", step.method, step.path),
            source,
        })?;
        let cookies = jar.receive(&response.all("set-cookie"));
        if step.response.status >= 500 {
            if !(400..500).contains(&response.status) {
                self.differ(format!("{place}: status"), "any 4xx", response.status);
            }
        } else {
            self.compare_response(&place, step, &response, &cookies);
            for (name, source) in &step.capture {
                let value = match source.strip_prefix("cookie:") {
                    Some(cookie) => Some(jar.get(cookie).unwrap_or_default().to_owned()),
                    None => value_at(&response.body, source),
                };
                let value = value.ok_or_else(|| ReplayError::Capture {
                    step: index,
                    name: name.clone(),
                })?;
                self.captured.insert(name.clone(), value);
            }
        }
        if let Some(client) = &step.client {
            self.jars.insert(client.clone(), jar);
        }
        Ok(())
    }

    /// The request as it goes over the wire.
    fn bytes_of(&self, step: &RequestStep, jar: &CookieJar) -> Result<Vec<u8>, ReplayError> {
        let has = |name: &str| step.headers.keys().any(|header| header.eq_ignore_ascii_case(name));
        let mut request = format!("{} {} HTTP/1.1\r\n", step.method, self.fill(&step.path)?);
        let mut header = |name: &str, value: &str| {
            request.push_str(name);
            request.push_str(": ");
            request.push_str(value);
            request.push_str("\r\n");
        };
        if !has("host") {
            header("Host", Origin::LOCAL.host);
        }
        for (name, values) in &step.headers {
            for value in values.as_slice() {
                header(name, &self.fill(value)?);
            }
        }
        if let Some(cookies) = jar.header().filter(|_| !has("cookie")) {
            header("Cookie", &cookies);
        }
        let body = match (&step.body_base64, &step.body) {
            (Some(base64), _) => Some(BASE64_STANDARD.decode(base64)?),
            (None, Some(text)) => Some(self.fill(text)?.into_bytes()),
            (None, None) => None,
        };
        if let Some(body) = &body {
            header("Content-Length", &body.len().to_string());
        }
        let mut request = as_recorded(&request);
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(&body.unwrap_or_default());
        Ok(request)
    }

    fn compare_response(
        &mut self,
        place: &str,
        step: &RequestStep,
        response: &ReceivedResponse,
        cookies: &[CookieExpectation],
    ) {
        let expected = &step.response;
        if expected.status != response.status {
            self.differ(format!("{place}: status"), expected.status, response.status);
        }
        for name in COMPARED_HEADERS {
            let recorded = expected.headers.get(name).map_or("", String::as_str);
            self.compare(
                format!("{place}: header {name}"),
                recorded,
                &response.all(name).join(", "),
            );
        }
        self.compare(format!("{place}: body"), &expected.body, &response.body);
        if expected.cookies != cookies {
            let [expected, actual] = [&expected.cookies, cookies].map(|cookies| format!("{cookies:?}"));
            self.differ(format!("{place}: cookies"), expected, actual);
        }
    }

    fn mail(
        &mut self,
        index: usize,
        expected: &[MailExpectation],
        capture: &BTreeMap<String, MailCapture>,
    ) -> Result<(), ReplayError> {
        let mailbox = self.subject.mailbox().ok_or(ReplayError::NoMailbox { step: index })?;
        let messages = mailbox.take();
        if messages.len() != expected.len() {
            let subjects: Vec<_> = messages.iter().map(|message| message.text.subject()).collect();
            self.differ(format!("step {index} mails"), expected.len(), format!("{subjects:?}"));
        }
        for (expected, message) in expected.iter().zip(&messages) {
            let to = format!("{:?}", [&message.to]);
            if format!("{:?}", expected.to) != to {
                self.differ(format!("step {index} mail to"), format!("{:?}", expected.to), to);
            }
            self.compare(
                format!("step {index} mail subject"),
                &expected.subject,
                message.text.subject(),
            );
            self.compare(
                format!("step {index} mail html"),
                &expected.html,
                &mailbox.html(message),
            );
        }
        for (name, MailCapture(message, field)) in capture {
            let Some(message) = messages.get(*message) else {
                continue;
            };
            let value = field_of_mail(&mailbox.html(message), *field).ok_or_else(|| ReplayError::Capture {
                step: index,
                name: name.clone(),
            })?;
            self.captured.insert(name.clone(), value);
        }
        Ok(())
    }

    async fn administer(&mut self, index: usize, command: &Administration) -> Result<(), ReplayError> {
        let user = self.fill(&command.user)?;
        let arguments = [command.claim_type.as_deref(), command.value.as_deref()];
        let arguments = arguments.into_iter().flatten().map(|word| self.fill(word));
        let mut words = vec![command.op.clone(), user];
        words.extend(arguments.collect::<Result<Vec<_>, _>>()?);
        let line = words.join(" ");
        let outcome = self.subject.administer(words).await;
        outcome.map_err(|message| ReplayError::Administration {
            step: index,
            command: line,
            message,
        })
    }

    fn fill(&self, text: &str) -> Result<String, PlaceholderError> {
        fill(text, &self.captured, self.subject.now(), &Origin::LOCAL)
    }

    fn compare(&mut self, place: String, expected: &str, actual: &str) {
        if !text_matches(expected, actual, &Origin::LOCAL) {
            self.differ(place, format!("{expected:?}"), format!("{actual:?}"));
        }
    }

    fn differ(&mut self, place: String, expected: impl ToString, actual: impl ToString) {
        self.differences.push(Difference {
            place,
            expected: expected.to_string(),
            actual: actual.to_string(),
        });
    }
}

/// The text that a JSON pointer finds in a body; nothing is an empty text. `None` if the body is no JSON.
fn value_at(body: &str, pointer: &str) -> Option<String> {
    let body = if body.is_empty() { "null" } else { body };
    let body: Value = serde_json::from_str(body).ok()?;
    match body.pointer(pointer) {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
}

/// The recorder's client wrote a request's head in Latin-1 where it could, and in UTF-8 elsewhere.
fn as_recorded(head: &str) -> Vec<u8> {
    let latin1: Result<Vec<u8>, _> = head.chars().map(u8::try_from).collect();
    latin1.unwrap_or_else(|_| head.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_captures_what_it_finds_or_nothing() {
        let body = r#"{"accessToken":"t","recoveryCodes":["a","b"],"sharedKey":null}"#;
        for (pointer, value) in [
            ("/accessToken", "t"),
            ("/recoveryCodes/1", "b"),
            ("/sharedKey", ""),
            ("/none", ""),
        ] {
            assert_eq!(value_at(body, pointer).as_deref(), Some(value));
        }
        assert_eq!(value_at("", "/accessToken").as_deref(), Some(""));
        assert_eq!(value_at("<html>", "/accessToken"), None);
    }
}
