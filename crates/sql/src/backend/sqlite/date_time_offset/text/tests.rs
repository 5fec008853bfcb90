//! Dates in the forms that Microsoft.Data.Sqlite reads, and texts that are none.

use time::macros::datetime;

use super::*;

#[test]
fn dates_without_a_time_are_midnight_in_utc() {
    let expected = datetime!(2999-12-31 00:00 UTC);
    for text in [
        "2999-12-31",
        "2999/12/31",
        "12/31/2999",
        "12-31-2999",
        " 12/31/2999 ",
        "31 Dec 2999",
        "31-Dec-2999",
        "31 December 2999",
        "Dec 31, 2999",
        "december 31 2999",
        "Tuesday, 31 December 2999",
    ] {
        assert_eq!(parse(text), Some(expected), "{text}");
    }
}

#[test]
fn times_and_offsets_may_follow() {
    let expected = datetime!(2999-01-02 15:04:05.6 UTC);
    for text in [
        "2999-01-02 15:04:05.6+00:00",
        "2999-01-02T15:04:05.6000000Z",
        "2999-1-2 15:04:05.6",
        "1/2/2999 3:04:05.6 PM",
        "01/02/2999 15:04:05.6 +00:00",
        "01/02/2999 03:04:05.6PM +00:00",
        "1/2/2999 16:04:05.6 +01:00",
        "1/2/2999 16:04:05.6 +0100",
        "1/2/2999 16:04:05.6+1",
        "1/2/2999 11:34:05.6 -03:30",
    ] {
        assert_eq!(parse(text), Some(expected), "{text}");
    }
    assert_eq!(
        parse("Tue, 31 Dec 2999 23:59:58 GMT"),
        Some(datetime!(2999-12-31 23:59:58 UTC))
    );
    assert_eq!(parse("12/31/2999 12:01 AM"), Some(datetime!(2999-12-31 00:01 UTC)));
    assert_eq!(parse("12/31/2999 12:01 PM"), Some(datetime!(2999-12-31 12:01 UTC)));
}

#[test]
fn everything_else_is_no_date() {
    for text in [
        "",
        "tomorrow",
        "2026-13-01 00:00:00+00:00",
        "2026-02-29",
        "0000-01-01",
        "2026-01-02 03:04:05+00:00 x",
        "2026-01-02 24:04:05",
        "2026-01-02 13:04 PM",
        "2026-01-02 03:04:60",
        "2026-01-02 03:04:05+14:01",
        "2026-01-02 03:04:05+00:60",
        "2026-01-02 03",
        "2026-01-02T",
        "9999-12-31 23:59:59-01:00",
        "0001-01-01 00:00:00+01:00",
        "31/12/2999",
        "12/31/99",
        "12/31",
        "12:30",
        "31 Decem 2999",
        "20261231",
        "1767323045",
        "２０２６-01-02",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}
