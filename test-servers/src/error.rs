//! Why a server does not run.

use std::io;

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not installed, and this process cannot install it.
    #[error("{program} is missing: install the package {package}")]
    Missing {
        /// The program that was looked for.
        program: String,
        /// The Debian package that brings it.
        package: String,
    },
    /// A program of its package failed.
    #[error("{program}: {output}")]
    Failed {
        /// The program.
        program: String,
        /// What it wrote, or how it ended.
        output: String,
    },
    /// It ended, or does not answer.
    #[error("{name} did not answer in time; its log:\n{log}")]
    NotReady {
        /// The server.
        name: String,
        /// The end of what it wrote.
        log: String,
    },
    /// The operating system refused something.
    #[error("{action}: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
