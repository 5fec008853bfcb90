//! Events as they are read from a store.

use time::OffsetDateTime;

use crate::account::UserId;

/// Which events to list: those that meet every condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this user.
    pub user: Option<UserId>,
    /// Of the kind with this [name](super::EventKind::name).
    pub kind: Option<String>,
    /// From this client, written as the event has it: `192.0.2.0/24`.
    pub client: Option<String>,
    /// At this instant or later.
    pub since: Option<OffsetDateTime>,
    /// Before this instant.
    pub until: Option<OffsetDateTime>,
    /// Older than the event with this id: the last one of the page before.
    pub before: Option<String>,
    /// How many at most; no more than [`MAX_LIMIT`](Self::MAX_LIMIT) in any case.
    pub limit: usize,
}

impl EventFilter {
    /// How many events a page has at most.
    pub const MAX_LIMIT: usize = 1_000;
}

/// An event in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// A UUID of version 7: later events have greater ones, to the millisecond.
    pub id: String,
    /// When it happened.
    pub at: OffsetDateTime,
    /// The kind's [name](super::EventKind::name).
    pub kind: String,
    /// A JSON object.
    pub detail: String,
    /// The account; `None` if there is none, or if it was erased.
    pub user: Option<UserId>,
    /// The client's network.
    pub client: Option<String>,
    /// The name that was typed, as a keyed hash in base64url: equal names have equal hashes.
    pub name_hash: Option<String>,
    /// The request's `X-Request-Id`.
    pub request_id: Option<String>,
    /// The number of the seal that it is under; `None` for about a second.
    pub seal: Option<u64>,
    /// The id of the event that tells that the personal parts were erased.
    pub erased_by: Option<String>,
}
