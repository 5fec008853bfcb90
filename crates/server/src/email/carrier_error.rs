//! Why a mail was not handed over.

/// Why a mail was not handed to the mail server, or not written into the folder.
#[derive(Debug, thiserror::Error)]
pub(super) enum CarrierError {
    /// Another attempt would end the same way.
    #[cfg(feature = "smtp")]
    #[error("{0}")]
    Permanent(String),
    /// Another attempt may succeed.
    #[error("{0}")]
    Transient(String),
}
