//! The last instant, which each kind of server keeps in its own way.

use time::OffsetDateTime;
use time::macros::datetime;

/// .NET's `DateTimeOffset.MaxValue`, with which operators lock for ever.
pub(crate) const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);
