//! .NET's `DateTimeOffset` as Microsoft.Data.Sqlite writes it: `yyyy-MM-dd HH:mm:ss.FFFFFFFzzz`.

use time::error::Parse;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Ticks of 100 ns, without trailing zeros and, for whole seconds, without the point.
pub(super) fn format(value: OffsetDateTime) -> String {
    let (hours, minutes, _) = value.offset().as_hms();
    let sign = if value.offset().is_negative() { '-' } else { '+' };
    let ticks = format!(".{:07}", value.nanosecond() / 100);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}{sign}{:02}:{:02}",
        value.year(),
        u8::from(value.month()),
        value.day(),
        value.hour(),
        value.minute(),
        value.second(),
        ticks.trim_end_matches('0').trim_end_matches('.'),
        hours.unsigned_abs(),
        minutes.unsigned_abs(),
    )
}

const WITH_OFFSET: &[BorrowedFormatItem<'_>] = format_description!(
    version = 2,
    "[year]-[month]-[day][first [ ] [T]][hour]:[minute][optional [:[second][optional [.[subsecond]]]]]\
     [optional [ ]][offset_hour sign:mandatory]:[offset_minute]"
);
const WITHOUT_OFFSET: &[BorrowedFormatItem<'_>] = format_description!(
    version = 2,
    "[year]-[month]-[day][first [ ] [T]][hour]:[minute][optional [:[second][optional [.[subsecond]]]]]"
);

/// Reads also what ISO 8601 allows of it: `T`, `Z`, and no seconds. Without an offset it is UTC, as it is for
/// Microsoft.Data.Sqlite since version 10.
pub(super) fn parse(text: &str) -> Result<OffsetDateTime, Parse> {
    let text = text.trim();
    let local = text.strip_suffix('Z').unwrap_or(text);
    match PrimitiveDateTime::parse(local, WITHOUT_OFFSET) {
        Ok(utc) => Ok(utc.assume_utc()),
        Err(_) => OffsetDateTime::parse(text, WITH_OFFSET),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    /// What EF Core wrote for these values.
    const WRITTEN: &[(OffsetDateTime, &str)] = &[
        (datetime!(2026-01-02 03:04:05 UTC), "2026-01-02 03:04:05+00:00"),
        (datetime!(2026-01-02 03:04:05.12 UTC), "2026-01-02 03:04:05.12+00:00"),
        (
            datetime!(2026-01-02 05:04:05.1234567 +02:00),
            "2026-01-02 05:04:05.1234567+02:00",
        ),
        (
            datetime!(2026-01-02 05:04:05.000_000_1 -03:30),
            "2026-01-02 05:04:05.0000001-03:30",
        ),
        (
            datetime!(9999-12-31 23:59:59.999_999_9 UTC),
            "9999-12-31 23:59:59.9999999+00:00",
        ),
        (datetime!(0001-01-01 00:00:00 UTC), "0001-01-01 00:00:00+00:00"),
    ];

    #[test]
    fn is_written_as_ef_core_writes_it() {
        for (value, text) in WRITTEN {
            assert_eq!(format(*value), *text);
        }
    }

    #[test]
    fn reads_back_to_the_tick() {
        for (value, text) in WRITTEN {
            assert_eq!(parse(text).unwrap(), *value, "{text}");
            assert_eq!(parse(text).unwrap().offset(), value.offset(), "{text}");
        }
    }

    #[test]
    fn what_is_finer_than_a_tick_is_cut_off() {
        assert_eq!(
            format(datetime!(9999-12-31 23:59:59.999_999_999 UTC)),
            "9999-12-31 23:59:59.9999999+00:00"
        );
    }

    #[test]
    fn other_forms_of_iso_8601_are_read() {
        let expected = datetime!(2026-01-02 03:04:00 UTC);
        for text in [
            "2026-01-02T03:04:00Z",
            "2026-01-02T03:04:00.000+00:00",
            "2026-01-02 03:04:00",
            "2026-01-02 03:04",
            "2026-01-02 04:04:00 +01:00",
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01 00:00:00+00:00",
            "2026-01-02",
            "2026-01-02 03:04:05+00:00 x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
