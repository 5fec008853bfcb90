//! The state of a key ring between two readings.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::key::Key;
use crate::ring::contents::RingContents;
use crate::ring::edition::RingEdition;

/// The ring as it was last read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    contents: Arc<RingContents>,
    /// The key that protects; none only if creating keys is switched off.
    pub(crate) default: Option<Arc<Key>>,
    pub(super) refresh_at: OffsetDateTime,
}

impl Snapshot {
    /// Holds until `refresh_at`, or until the default key ends, unless that is an expired one for want of a better.
    pub(super) fn new(
        contents: Arc<RingContents>,
        default: Option<Arc<Key>>,
        now: OffsetDateTime,
        mut refresh_at: OffsetDateTime,
    ) -> Self {
        if let Some(default) = &default
            && !default.is_expired(now)
        {
            refresh_at = refresh_at.min(default.life.expiration_date);
        }
        Self {
            contents,
            default,
            refresh_at,
        }
    }

    /// Which contents these are.
    pub(crate) fn edition(&self) -> RingEdition {
        self.contents.edition()
    }

    /// All that was read.
    pub(super) fn contents(&self) -> &Arc<RingContents> {
        &self.contents
    }

    /// The key with that id, revoked or not.
    pub(crate) fn key(&self, id: Uuid) -> Option<&Arc<Key>> {
        self.contents.key(id)
    }

    /// The same until another instant.
    pub(super) fn until(&self, refresh_at: OffsetDateTime) -> Self {
        Self {
            contents: Arc::clone(&self.contents),
            default: self.default.clone(),
            refresh_at,
        }
    }
}
