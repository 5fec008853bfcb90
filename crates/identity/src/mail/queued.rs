//! Mails as a store keeps them: protected, and with no more in the clear than sending them fairly needs.

use std::fmt::{self, Debug};

use time::OffsetDateTime;
use uuid::Uuid;

/// A mail as a [`MailQueue`](crate::store::MailQueue) keeps it. [`Mails`](super::Mails) makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// What the queue knows of it.
    pub waiting: WaitingMail,
    /// What it says and to whom.
    pub protected: ProtectedMail,
}

/// What can be known of a mail without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMail {
    /// Sorts by time (RFC 9562 version 7).
    pub id: Uuid,
    /// When it was written.
    pub created: OffsetDateTime,
    /// From when on it may be sent. While somebody has it under a lease, that is when the lease ends.
    pub due: OffsetDateTime,
    /// How many attempts have failed.
    pub attempts: u32,
    /// The same for all mails to one address, and another one for the notices of changes to it; at most 64 characters.
    pub recipient: String,
    /// The same for all mails to one domain, at most 64 characters. Empty for a decoy, which goes to nobody: see
    /// [`Mails::add_decoy`](super::Mails::add_decoy).
    pub domain: String,
}

/// A mail's recipient and text, protected.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectedMail {
    /// The key that protects it.
    pub key_id: Uuid,
    /// The payload, as base64url.
    pub payload: String,
}

/// A mail that nobody else sends before the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedMail {
    /// Which mail it is.
    pub id: Uuid,
    /// What it says and to whom.
    pub protected: ProtectedMail,
}

/// How many mails wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MailCounts {
    /// Those that are neither sent nor given up, without decoys; [`MOST`](Self::MOST) if there are more.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub oldest: Option<OffsetDateTime>,
}

impl MailCounts {
    /// How many are counted, so that it costs as little as often as metrics ask for it.
    pub const MOST: usize = 10_000;
}

impl WaitingMail {
    /// Whether it goes to nobody.
    pub fn is_decoy(&self) -> bool {
        self.domain.is_empty()
    }
}

/// Without the payload, in which there are codes.
impl Debug for ProtectedMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedMail")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}
