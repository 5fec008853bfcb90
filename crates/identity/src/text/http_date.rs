//! Dates as HTTP and tickets write them.

use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The instant as HTTP and .NET's format `r` write it, such as `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 1123, RFC 9110
/// section 5.6.7). Fractions of the second are dropped.
pub fn format(instant: OffsetDateTime) -> String {
    let instant = instant.to_offset(UtcOffset::UTC);
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        weekday(instant.date()),
        instant.day(),
        MONTHS[usize::from(u8::from(instant.month())) - 1],
        instant.year(),
        instant.hour(),
        instant.minute(),
        instant.second()
    )
}

/// The instant in a text of exactly the form that [`format()`] writes; `None` for anything else, a wrong day of the
/// week included. Written out, since every request with a token or cookie reads such times.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let between = [
        (3..5, ", "),
        (7..8, " "),
        (11..12, " "),
        (16..17, " "),
        (19..20, ":"),
        (22..23, ":"),
    ];
    let has_form = text.get(25..) == Some(" GMT") && between.into_iter().all(|(at, mark)| text.get(at) == Some(mark));
    if !has_form {
        return None;
    }
    let two_digits = |at| number(text.get(at..at + 2)?).and_then(|number| u8::try_from(number).ok());
    let month = (1..).zip(MONTHS).find(|(_, name)| Some(*name) == text.get(8..11))?.0;
    let month = Month::try_from(month).ok()?;
    let date = Date::from_calendar_date(number(text.get(12..16)?)?, month, two_digits(5)?).ok()?;
    let time = Time::from_hms(two_digits(17)?, two_digits(20)?, two_digits(23)?).ok()?;
    (text.get(..3) == Some(weekday(date))).then_some(date.with_time(time).assume_utc())
}

fn weekday(date: Date) -> &'static str {
    WEEKDAYS[usize::from(date.weekday().number_days_from_monday())]
}

/// Digits and nothing else, where `str::parse` would take a sign.
fn number(digits: &str) -> Option<i32> {
    digits.bytes().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let instant = datetime!(2035-12-31 03:04:05 UTC);
        assert_eq!(format(instant), "Mon, 31 Dec 2035 03:04:05 GMT");
        assert_eq!(parse("Mon, 31 Dec 2035 03:04:05 GMT"), Some(instant));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "Tue, 31 Dec 2035 03:04:05 GMT",
            "Mon, 31 Dec 2035 03:04:05 UTC",
            "Mon, 31 Dec 2035 03:04:05 GMT ",
            "Mon, 32 Dec 2035 03:04:05 GMT",
            "Monday, 31-Dec-35 03:04:05 GMT",
            "2035-12-31T03:04:05Z",
            "Mon, +1 Dec 2035 03:04:05 GMT",
            "Mon, 31 dec 2035 03:04:05 GMT",
            "Mon, 31 Dec 2035 24:04:05 GMT",
            "Mon, 31 Dec 2035 03-04-05 GMT",
            "Mon, 31 Dec 203\u{665} 03:04:05 GMT",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
