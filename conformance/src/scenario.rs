//! Scenarios as they were recorded.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// A fixed sequence of requests to one fresh server, and what came back when it was recorded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Group and name, such as `lockout/wrong-password`.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Where the clock stands at the start.
    #[serde(deserialize_with = "instant")]
    pub clock: OffsetDateTime,
    /// .NET option names and values.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// This project's own settings, as the file of settings names them, where our defaults are narrower than .NET's.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// In order.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// All that the server is started with: .NET's options and this project's own settings.
    pub fn configuration(&self) -> BTreeMap<String, String> {
        let mut configuration = self.options.clone();
        configuration.extend(self.settings.clone());
        configuration
    }
}

/// One step of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase")]
pub enum Step {
    /// A request and its answer.
    Request(RequestStep),
    /// The clock moves on.
    Advance {
        /// By this much.
        #[serde(deserialize_with = "whole_seconds")]
        seconds: Duration,
    },
    /// The mails sent since the last such step, all of them.
    Mail {
        /// In the order they were sent.
        messages: Vec<MailExpectation>,
        /// Values to keep for later steps.
        #[serde(default)]
        capture: BTreeMap<String, MailCapture>,
    },
    /// What an operator does beside the API.
    Admin(Administration),
}

/// A request and its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestStep {
    /// Which cookie jar it uses; without one, no cookies are kept.
    pub client: Option<String>,
    /// Such as `POST`.
    pub method: String,
    /// The request target, as it goes over the wire once its placeholders are filled.
    pub path: String,
    /// Beside `host`, `content-length` and the jar's cookies.
    #[serde(default)]
    pub headers: BTreeMap<String, HeaderValues>,
    /// Text with placeholders.
    pub body: Option<String>,
    /// Bytes that are no text.
    pub body_base64: Option<String>,
    /// What must come back.
    pub response: ResponseExpectation,
    /// Values to keep for later steps: a JSON pointer into the body, or `cookie:NAME`.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// How the recorder masked the body; the mask is already in `response`.
    pub mask: Option<String>,
}

/// The values of one header, each sent on a line of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum HeaderValues {
    /// The usual case.
    One(String),
    /// A header that is sent several times.
    Many(Vec<String>),
}

/// What must come back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseExpectation {
    /// The status. From 500 on it was a fault of the reference, and any 4xx is right.
    pub status: u16,
    /// Of the compared headers, these and no other.
    pub headers: BTreeMap<String, String>,
    /// Byte for byte, but for what varies.
    pub body: String,
    /// Sorted by name.
    #[serde(default)]
    pub cookies: Vec<CookieExpectation>,
}

/// A cookie that must be set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieExpectation {
    /// Its name.
    pub name: String,
    /// Its value; `<<token>>` for a protected one, `<<chunk>>` for a part of a long one.
    pub value: String,
    /// In the order they are written.
    pub attributes: Vec<String>,
}

/// A mail that must have been sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailExpectation {
    /// The recipients.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub html: String,
}

/// Which value to take from which mail.
#[derive(Debug, Clone, Deserialize)]
pub struct MailCapture(
    /// The index of the mail in its step.
    pub usize,
    /// What to take.
    pub MailField,
);

/// A value in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum MailField {
    /// The link's `userId`.
    #[serde(rename = "userId")]
    UserId,
    /// The link's `code`.
    #[serde(rename = "code")]
    Code,
    /// The link's `changedEmail`.
    #[serde(rename = "changedEmail")]
    ChangedEmail,
    /// The code at the end of the text.
    #[serde(rename = "code-text")]
    CodeText,
}

/// What an operator does: `users OP USER [TYPE] [VALUE]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Administration {
    /// The operation.
    pub op: String,
    /// An e-mail address or a user name.
    pub user: String,
    /// The type of a claim.
    #[serde(rename = "type")]
    pub claim_type: Option<String>,
    /// The value of a claim, a role, a name or a hash.
    pub value: Option<String>,
}

/// A scenario could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file or folder is not readable.
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no scenario.
    #[error("{path}: {source}", path = path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where.
        source: serde_json::Error,
    },
}

impl Scenario {
    /// Reads one scenario.
    ///
    /// # Errors
    /// [`ScenarioError`] names the file.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text = fs::read(path).map_err(|source| unreadable(path, source))?;
        serde_json::from_slice(&text).map_err(|source| ScenarioError::Malformed {
            path: path.to_owned(),
            source,
        })
    }

    /// Every scenario file in `folder` and the folders in it, sorted.
    ///
    /// # Errors
    /// [`ScenarioError::Unreadable`] names the folder.
    pub fn files(folder: &Path) -> Result<Vec<PathBuf>, ScenarioError> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|source| unreadable(&folder, source))? {
                let path = entry.map_err(|source| unreadable(&folder, source))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    files.push(path);
                }
            }
        }
        files.sort();
        Ok(files)
    }
}

impl HeaderValues {
    /// The values in the order they are sent.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> ScenarioError {
    ScenarioError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

fn instant<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    OffsetDateTime::parse(&text, &Rfc3339).map_err(serde::de::Error::custom)
}

fn whole_seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    i64::deserialize(deserializer).map(Duration::seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_member_is_refused() {
        let text = r#"{"name":"n","about":"a","clock":"2026-01-02T03:04:05+00:00","options":{},
            "steps":[{"step":"request","method":"GET","path":"/","hedaers":{},
                      "response":{"status":200,"headers":{},"body":""}}]}"#;
        let error = serde_json::from_str::<Scenario>(text).unwrap_err();
        assert!(error.to_string().contains("unknown field `hedaers`"), "{error}");
    }

    #[test]
    fn every_recorded_scenario_can_be_read_and_is_named_after_its_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for path in Scenario::files(&folder).unwrap() {
            let name = path.strip_prefix(&folder).unwrap().with_extension("");
            assert_eq!(Scenario::read(&path).unwrap().name, name.to_str().unwrap());
        }
    }
}
