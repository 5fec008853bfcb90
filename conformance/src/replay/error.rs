//! Why a scenario was not replayed to its end.

use crate::{application::StartError, connection::ExchangeError, placeholders::PlaceholderError};

/// A scenario could not be replayed to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// There is no application to ask.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A request cannot be written.
    #[error(transparent)]
    Placeholder(#[from] PlaceholderError),
    /// The `body_base64` of a request is none.
    #[error("body_base64: {0}")]
    Body(#[from] base64::DecodeError),
    /// No answer came.
    #[error("step {step} {request}: {source}")]
    Exchange {
        /// The step's index.
        step: usize,
        /// Method and path.
        request: String,
        /// Why.
        source: ExchangeError,
    },
    /// An operator's command failed.
    #[error("step {step} users {command}: {message}")]
    Administration {
        /// The step's index.
        step: usize,
        /// The words after `users`.
        command: String,
        /// What it said.
        message: String,
    },
    /// A step looks into the mail, and nobody keeps it for tests.
    #[error("step {step}: the mail cannot be read here")]
    NoMailbox {
        /// The step's index.
        step: usize,
    },
    /// The answer has no place where a value is to be captured from.
    #[error("step {step}: nothing to capture as {name}")]
    Capture {
        /// The step's index.
        step: usize,
        /// The value's name.
        name: String,
    },
}
