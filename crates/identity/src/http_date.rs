//! Dates as HTTP and tickets write them.

use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset, format_description::BorrowedFormatItem, macros::format_description,
};

const RFC_1123: &[BorrowedFormatItem<'static>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// The instant as HTTP and .NET's format `r` write it, such as `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 1123, RFC 9110
/// section 5.6.7). Fractions of the second are dropped.
pub fn format(instant: OffsetDateTime) -> String {
    #[expect(
        clippy::expect_used,
        reason = "the format has no component that can fail, and a String takes everything"
    )]
    instant
        .to_offset(UtcOffset::UTC)
        .format(RFC_1123)
        .expect("every instant has this form")
}

/// The instant in a text of exactly the form that [`format()`] writes; `None` for anything else, a wrong day of the week
/// included.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let instant = PrimitiveDateTime::parse(text, RFC_1123).ok()?.assume_utc();
    (format(instant) == text).then_some(instant)
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
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
