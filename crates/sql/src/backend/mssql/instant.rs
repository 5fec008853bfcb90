//! .NET's `DateTimeOffset` as EF Core writes it: a `datetimeoffset(7)`, which counts the same ticks of 100 ns.

use tiberius::ColumnData;
use tiberius::time::{Date, DateTime2, DateTimeOffset, Time};
use time::macros::date;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::server::instant::FOR_EVER;

/// What days are counted from.
const FIRST_DAY: time::Date = date!(0001 - 01 - 01);
/// Digits of a tick.
const SCALE: u8 = 7;

/// Cut to the tick, in UTC.
pub(super) fn written(instant: OffsetDateTime) -> ColumnData<'static> {
    let utc = instant.checked_to_offset(UtcOffset::UTC).unwrap_or(FOR_EVER);
    let days = utc.date().to_julian_day() - FIRST_DAY.to_julian_day();
    let (hour, minute, second, nanosecond) = utc.time().as_hms_nano();
    let seconds = (u64::from(hour) * 60 + u64::from(minute)) * 60 + u64::from(second);
    let ticks = seconds * 10_000_000 + u64::from(nanosecond / 100);
    let datetime = DateTime2::new(Date::new(days.unsigned_abs()), Time::new(ticks, SCALE));
    ColumnData::DateTimeOffset(Some(DateTimeOffset::new(datetime, 0)))
}

/// A server that keeps microseconds only may have rounded .NET's last tick to the year 10000.
pub(super) fn read(written: DateTimeOffset) -> OffsetDateTime {
    let datetime = written.datetime2();
    let days = i32::try_from(datetime.date().days()).unwrap_or(i32::MAX);
    let Ok(date) = time::Date::from_julian_day(FIRST_DAY.to_julian_day().saturating_add(days)) else {
        return FOR_EVER;
    };
    let time = datetime.time();
    let unit = 10_u64.saturating_pow(9_u32.saturating_sub(time.scale().into()));
    let nanoseconds = i64::try_from(time.increments().saturating_mul(unit)).unwrap_or(i64::MAX);
    let midnight = date.midnight().assume_utc();
    midnight.saturating_add(Duration::nanoseconds(nanoseconds))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn there_and_back(instant: OffsetDateTime) -> OffsetDateTime {
        let ColumnData::DateTimeOffset(Some(written)) = written(instant) else {
            panic!("{instant} is not written");
        };
        read(written)
    }

    #[test]
    fn an_instant_is_cut_to_the_tick_in_utc() {
        let back = there_and_back(datetime!(2026-01-02 05:04:05.123_456_789 +02:00));
        assert_eq!(back, datetime!(2026-01-02 03:04:05.123_456_7 UTC));
        assert_eq!(back.offset(), UtcOffset::UTC);
    }

    #[test]
    fn the_first_and_the_last_instant_stay_what_they_are() {
        for instant in [datetime!(0001-01-01 00:00 UTC), FOR_EVER] {
            assert_eq!(there_and_back(instant), instant);
        }
    }

    #[test]
    fn what_net_wrote_elsewhere_is_the_same_instant() {
        // 2026-01-02 03:04 UTC as two hours later in a zone, to the second.
        let days = datetime!(2026-01-02 00:00 UTC).date().to_julian_day() - FIRST_DAY.to_julian_day();
        let datetime = DateTime2::new(Date::new(days.unsigned_abs()), Time::new((3 * 60 + 4) * 60, 0));
        assert_eq!(
            read(DateTimeOffset::new(datetime, 120)),
            datetime!(2026-01-02 03:04 UTC)
        );
    }

    #[test]
    fn the_year_10000_is_for_ever() {
        let datetime = DateTime2::new(Date::new(3_652_059), Time::new(0, SCALE));
        assert_eq!(read(DateTimeOffset::new(datetime, 0)), FOR_EVER);
    }
}
