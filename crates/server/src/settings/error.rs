//! What is wrong with settings.

use std::{io, path::PathBuf};

use super::{
    source::Source,
    value::{Place, Refused},
};

/// Why the settings cannot be used. Each message is one line, and shows no secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such setting.
    #[error("unknown setting `{key}` ({source_name}){}", suggestion.map_or_else(
        || "; `--help` lists all settings".to_owned(),
        |known| format!("; did you mean `{known}`?"),
    ))]
    Unknown {
        /// What was given.
        key: String,
        /// Where.
        source_name: Source,
        /// The nearest key that exists, if one is near.
        suggestion: Option<&'static str>,
    },
    /// The value is not one that the setting takes.
    #[error("the setting `{key}` ({source_name}) {problem}: it takes {takes}")]
    Refused {
        /// Which setting.
        key: String,
        /// Where it was given.
        source_name: Source,
        /// What is wrong with the value.
        problem: String,
        /// What it takes.
        takes: String,
    },
    /// Settings that do not go together.
    #[error("{0}")]
    Conflict(String),
    /// The configuration file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file that `database.url_file` names cannot be read.
    #[error("cannot read the database URL from {} (database.url_file): {source}", path.display())]
    DatabaseUrl {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The configuration file is not TOML.
    #[error("cannot parse the configuration file {}, line {line}: {problem}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
}

impl SettingsError {
    pub(super) fn refused(key: &str, source: &Source, value: &str, place: &dyn Place, refused: &Refused) -> Self {
        // A password in front of an `@` does not belong into a log, wherever somebody put it.
        let shown = if place.is_secret() || (value.contains("://") && value.contains('@')) {
            "has an invalid value".to_owned()
        } else {
            format!("cannot be `{}`", value.escape_debug())
        };
        Self::Refused {
            key: key.to_owned(),
            source_name: source.clone(),
            problem: refused
                .reason
                .as_ref()
                .map_or(shown.clone(), |reason| format!("{shown} ({reason})")),
            takes: place.takes(),
        }
    }
}
