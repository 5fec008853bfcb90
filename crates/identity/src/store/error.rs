//! Why a store could not answer.

/// The store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is down or too busy; the same call may succeed in a moment.
    #[error("the account store is not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It failed for good, or answered with something that cannot be right.
    #[error("the account store failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
