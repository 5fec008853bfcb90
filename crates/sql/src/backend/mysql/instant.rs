//! .NET's `DateTimeOffset` as Pomelo writes it: a `datetime(6)` in UTC, cut to the microsecond.

use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::server::instant::FOR_EVER;

/// As `DateTimeOffset.MaxValue` comes back.
const FOR_EVER_CUT: OffsetDateTime = FOR_EVER.saturating_sub(Duration::nanoseconds(900));

/// As a `datetime`: sqlx sends an `OffsetDateTime` as a `timestamp`, which ends in 2038 or 2106, and is null after that.
pub(super) fn written(instant: OffsetDateTime) -> PrimitiveDateTime {
    let utc = instant.checked_to_offset(UtcOffset::UTC).unwrap_or(FOR_EVER);
    let cut = utc - Duration::nanoseconds(i64::from(utc.nanosecond() % 1_000));
    PrimitiveDateTime::new(cut.date(), cut.time())
}

/// What was written for `DateTimeOffset.MaxValue` is that value again.
pub(super) fn read(datetime: PrimitiveDateTime) -> OffsetDateTime {
    let instant = datetime.assume_utc();
    if instant >= FOR_EVER_CUT { FOR_EVER } else { instant }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_instant_is_cut_to_the_microsecond_in_utc() {
        assert_eq!(
            written(datetime!(2026-01-02 05:04:05.123_456_7 +02:00)),
            datetime!(2026-01-02 03:04:05.123_456)
        );
    }

    #[test]
    fn for_ever_stays_for_ever() {
        let cut = written(FOR_EVER);
        assert_eq!(cut, datetime!(9999-12-31 23:59:59.999_999));
        assert_eq!(read(cut), FOR_EVER);
        let before = cut - Duration::microseconds(1);
        assert_eq!(read(before), before.assume_utc());
    }
}
