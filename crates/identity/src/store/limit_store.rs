//! Keeps what is booked under rate limits.

use std::fmt::Debug;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::limit::{LimitKey, Quota};

/// Keeps until when time is booked for each [`LimitKey`], for all instances together. Where there is one instance alone, it counts
/// by itself and needs no such store.
#[async_trait]
pub trait LimitStore: Debug + Send + Sync + 'static {
    /// Books a request as [`Quota::book`] does, in one atomic step: of any number of requests at once, on any instances, no
    /// more get through than the quota allows.
    async fn book(&self, key: LimitKey, quota: Quota, now: OffsetDateTime) -> Result<Booked, StoreError>;

    /// Looks at up to `limit` keys after the key `after`, and removes those whose booked time is past, or so far ahead that it
    /// counts as nothing under any quota: `longest` has the longest window. Returns the last key that it looked at; `None` when
    /// there are no more.
    async fn remove_past(
        &self,
        longest: Quota,
        now: OffsetDateTime,
        after: Option<LimitKey>,
        limit: usize,
    ) -> Result<Option<LimitKey>, StoreError>;
}

/// What came of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// The request may pass.
    Admitted,
    /// It may not: time is booked until this instant already, in microseconds since 1970.
    Refused {
        /// The instant.
        booked_until: i64,
    },
}
