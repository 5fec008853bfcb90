//! Instants in answers.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// As RFC 3339 writes it.
pub(crate) fn instant(instant: OffsetDateTime) -> String {
    instant.format(&Rfc3339).unwrap_or_default()
}
