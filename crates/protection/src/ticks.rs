//! .NET's unit of time: ticks of 100 nanoseconds since the start of the year 1 (`DateTime.Ticks`), always in UTC.

use time::{Duration, OffsetDateTime, macros::datetime};

/// 0001-01-01T00:00:00Z, where ticks start.
const ORIGIN: OffsetDateTime = datetime!(0001-01-01 00:00 UTC);
/// `DateTime.MaxValue.Ticks`: the last tick of the year 9999.
const MAX: i64 = 3_155_378_975_999_999_999;
const NANOSECONDS_PER_TICK: i128 = 100;

/// The ticks of an instant, rounded down. Instants before the year 1, which .NET cannot represent, are 0.
///
/// ```
/// # use time::macros::datetime;
/// use wicketgate_protection::ticks;
/// assert_eq!(ticks::from_time(datetime!(1970-01-01 00:00 UTC)), 621_355_968_000_000_000);
/// ```
pub fn from_time(time: OffsetDateTime) -> i64 {
    let ticks = (time - ORIGIN).whole_nanoseconds() / NANOSECONDS_PER_TICK;
    i64::try_from(ticks).unwrap_or(MAX).clamp(0, MAX)
}

/// The instant of a tick; `None` outside the years 1 to 9999, where .NET refuses them too.
pub fn to_time(ticks: i64) -> Option<OffsetDateTime> {
    if !(0..=MAX).contains(&ticks) {
        return None;
    }
    let seconds = Duration::seconds(ticks / 10_000_000);
    let rest = Duration::nanoseconds(ticks % 10_000_000 * 100);
    ORIGIN.checked_add(seconds + rest)
}

/// The instant, rounded down to a whole tick, as it is after .NET has written and read it.
pub fn truncate(time: OffsetDateTime) -> OffsetDateTime {
    to_time(from_time(time)).unwrap_or(ORIGIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants_have_their_dotnet_ticks() {
        for (time, ticks) in [
            (ORIGIN, 0),
            (datetime!(1970-01-01 00:00 UTC), 621_355_968_000_000_000),
            (datetime!(2026-01-02 03:04:05.1234567 UTC), 639_029_198_451_234_567),
            (datetime!(9999-12-31 23:59:59.9999999 UTC), MAX),
        ] {
            assert_eq!(from_time(time), ticks, "{time}");
            assert_eq!(to_time(ticks), Some(time), "{ticks}");
        }
    }

    #[test]
    fn ticks_outside_of_dotnets_calendar_are_no_instant() {
        for ticks in [i64::MIN, -1, MAX + 1, i64::MAX] {
            assert_eq!(to_time(ticks), None, "{ticks}");
        }
    }

    #[test]
    fn an_offset_does_not_move_the_instant() {
        assert_eq!(
            from_time(datetime!(2026-01-02 05:04:05 +2)),
            from_time(datetime!(2026-01-02 03:04:05 UTC))
        );
    }

    proptest! {
        #[test]
        fn every_tick_survives_the_round_trip(ticks in 0..=MAX) {
            prop_assert_eq!(to_time(ticks).map(from_time), Some(ticks));
        }
    }
}
