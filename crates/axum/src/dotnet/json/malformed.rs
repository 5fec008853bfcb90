//! Bodies that cannot be read.

use std::fmt;

use serde::de::Error;

/// Why a body cannot be read. The answer is the same for both reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MalformedJson {
    #[error("a member is missing")]
    MissingMember,
    #[error("the body is not the JSON that this endpoint takes")]
    Unreadable,
}

impl Error for MalformedJson {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Unreadable
    }

    fn missing_field(_: &'static str) -> Self {
        Self::MissingMember
    }
}

impl From<serde_json::Error> for MalformedJson {
    fn from(_: serde_json::Error) -> Self {
        Self::Unreadable
    }
}
