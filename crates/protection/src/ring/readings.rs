//! What a key ring remembers of its readings.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::ring::contents::RingContents;

/// State that is kept from one reading to the next.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// The contents last read.
    pub(super) known: Option<Arc<RingContents>>,
    /// When an unknown key id last caused a reading.
    pub(super) last_forced: Option<OffsetDateTime>,
}
