//! Where a setting's value came from.

use std::{fmt, path::PathBuf};

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A configuration file, and the line in it.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// This environment variable.
    Variable(String),
    /// This flag on the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(flag) => write!(f, "command line, {flag}"),
        }
    }
}

/// A value that was given, not looked at yet.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// Such as `lockout.max_failed_access_attempts`.
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) source: Source,
}

/// What all our variables begin with. `WICKETGATE_CONFIG`, with one underscore, is no setting.
const PREFIX: &str = "WICKETGATE__";

/// The variable that sets `key`.
pub(crate) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

/// The settings among environment variables.
pub(crate) fn variables(variables: impl IntoIterator<Item = (String, String)>) -> impl Iterator<Item = Given> {
    let mut given: Vec<Given> = variables
        .into_iter()
        .filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?.replace("__", ".").to_lowercase();
            Some(Given {
                key,
                value,
                source: Source::Variable(name),
            })
        })
        .collect();
    // The environment has no order; of several mistakes, always the same one is reported.
    given.sort_by(|a, b| a.key.cmp(&b.key));
    given.into_iter()
}
