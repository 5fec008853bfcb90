//! .NET's `DateTimeOffset` as Microsoft.Data.Sqlite writes it: `yyyy-MM-dd HH:mm:ss.FFFFFFFzzz`.

mod julian_day;
mod text;

use time::OffsetDateTime;

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

/// Reads a text as Microsoft.Data.Sqlite does.
pub(super) fn parse(text: &str) -> Option<OffsetDateTime> {
    text::parse(text)
}

/// Reads a number as Microsoft.Data.Sqlite does.
pub(super) fn from_julian_day(days: f64) -> Option<OffsetDateTime> {
    julian_day::read(days)
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
}
