//! Dates as Julian day numbers, which SQLite's own functions write.

use time::{Duration, OffsetDateTime};

/// 1970-01-01 as a Julian day, in milliseconds.
const UNIX_EPOCH: i64 = 210_866_760_000_000;
const MILLISECONDS_A_DAY: f64 = 86_400_000.0;

/// To the millisecond, as SQLite counts. `None` where .NET has no such year: seconds since 1970, for one, are far too many
/// days.
#[expect(clippy::cast_possible_truncation, reason = "what is out of bounds stays so")]
pub(super) fn read(days: f64) -> Option<OffsetDateTime> {
    let milliseconds = (days * MILLISECONDS_A_DAY + 0.5) as i64;
    let since = Duration::milliseconds(milliseconds.checked_sub(UNIX_EPOCH)?);
    let instant = OffsetDateTime::UNIX_EPOCH.checked_add(since)?;
    (instant.year() > 0).then_some(instant)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_sqlite_writes_is_read() {
        let connection = Connection::open_in_memory().unwrap();
        for (text, expected) in [
            ("2999-12-31", datetime!(2999-12-31 00:00 UTC)),
            ("2026-01-02 03:04:05.678", datetime!(2026-01-02 03:04:05.678 UTC)),
            ("0001-01-01", datetime!(0001-01-01 00:00 UTC)),
            ("9999-12-31 23:59:59", datetime!(9999-12-31 23:59:59 UTC)),
        ] {
            let days = connection.query_row("SELECT julianday(?1)", [text], |row| row.get(0));
            assert_eq!(read(days.unwrap()), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_days() {
        for number in [0.0, -1.0, 1_767_323_045.0, f64::MAX, f64::INFINITY, f64::NAN] {
            assert_eq!(read(number), None, "{number}");
        }
    }
}
