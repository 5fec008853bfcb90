//! What is in one column of a row, read as Microsoft.Data.Sqlite reads it.
//!
//! Types are advice to SQLite: any column can hold any kind of value. Microsoft.Data.Sqlite asks for the type that it wants,
//! and SQLite converts.

use std::borrow::Cow;

use rusqlite::types::ValueRef;
use time::OffsetDateTime;
use uuid::Uuid;

use super::date_time_offset;

/// A value of one of SQLite's kinds.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// A value that is no date.
#[derive(Debug)]
pub(super) struct NoDate;

impl<'a> Cell<'a> {
    pub(super) fn of(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(integer) => Self::Integer(integer),
            ValueRef::Real(real) => Self::Real(real),
            ValueRef::Text(bytes) => Self::Text(text_from(bytes)),
            ValueRef::Blob(bytes) => Self::Bytes(bytes),
        }
    }

    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(integer) => Some(integer.to_string()),
            Self::Real(real) => Some(text_of(*real)),
            Self::Text(text) => Some(String::from(&**text)),
            Self::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// A text is its bytes to SQLite.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes.to_vec()),
            cell => cell.text().map(String::into_bytes),
        }
    }

    /// Of 16 bytes in the order of .NET's `Guid.ToByteArray()`.
    pub(super) fn guid(&self) -> Option<Uuid> {
        match self {
            Self::Bytes(bytes) => Some(Uuid::from_bytes_le((*bytes).try_into().ok()?)),
            _ => None,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "as SQLite does it")]
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Integer(integer) => Some(*integer),
            Self::Real(real) => Some(*real as i64),
            Self::Text(text) => Some(integer_of(text)),
            Self::Bytes(bytes) => Some(integer_of(&String::from_utf8_lossy(bytes))),
        }
    }

    /// Everything but 0; a text like `True` is 0.
    pub(super) fn boolean(&self) -> Option<bool> {
        self.integer().map(|integer| integer != 0)
    }

    #[expect(clippy::cast_precision_loss, reason = "a number this large is no day")]
    pub(super) fn instant(&self) -> Result<Option<OffsetDateTime>, NoDate> {
        let instant = match self {
            Self::Null => return Ok(None),
            Self::Integer(days) => date_time_offset::from_julian_day(*days as f64),
            Self::Real(days) => date_time_offset::from_julian_day(*days),
            Self::Text(text) => date_time_offset::parse(text),
            Self::Bytes(bytes) => date_time_offset::parse(&String::from_utf8_lossy(bytes)),
        };
        instant.map(Some).ok_or(NoDate)
    }
}

/// Nearly all texts are UTF-8, which is seen at once.
fn text_from(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The number that a text begins with; 0 if it begins with none.
fn integer_of(text: &str) -> i64 {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (is_negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let digits = digits.bytes().take_while(u8::is_ascii_digit);
    digits.fold(0, |number: i64, digit| {
        let digit = i64::from(digit - b'0');
        let number = number.saturating_mul(10);
        if is_negative {
            number.saturating_sub(digit)
        } else {
            number.saturating_add(digit)
        }
    })
}

/// With up to 15 digits, and always with a point.
fn text_of(real: f64) -> String {
    const DIGITS: usize = 15;
    if real == 0.0 || !real.is_finite() {
        return match real {
            f64::INFINITY => "Inf".to_owned(),
            f64::NEG_INFINITY => "-Inf".to_owned(),
            _ => "0.0".to_owned(),
        };
    }
    let scientific = format!("{real:.*e}", DIGITS - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let (before, after, power) = match usize::try_from(exponent) {
        Ok(exponent) if exponent < DIGITS => {
            let digits = format!("{digits:0<width$}", width = exponent + 1);
            let (before, after) = digits.split_at(exponent + 1);
            (before.to_owned(), after.to_owned(), String::new())
        }
        Err(_) if exponent >= -4 => {
            let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or_default());
            ("0".to_owned(), format!("{zeros}{digits}"), String::new())
        }
        _ => {
            let (before, after) = digits.split_at(1);
            (before.to_owned(), after.to_owned(), format!("e{exponent:+03}"))
        }
    };
    let after = if after.is_empty() { "0" } else { &after };
    format!("{sign}{before}.{after}{power}")
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;
    use rusqlite::{Connection, ToSql};
    use time::macros::datetime;

    use super::*;

    fn cell(value: &dyn ToSql) -> Cell<'static> {
        let connection = Connection::open_in_memory().unwrap();
        let value: Value = connection.query_row("SELECT ?1", [value], |row| row.get(0)).unwrap();
        let value: &Value = Box::leak(Box::new(value));
        Cell::of(value.into())
    }

    /// What SQLite itself makes of it.
    fn cast<T: rusqlite::types::FromSql>(value: &dyn ToSql, kind: &str) -> T {
        let connection = Connection::open_in_memory().unwrap();
        let cast = format!("SELECT CAST(?1 AS {kind})");
        connection.query_row(&cast, [value], |row| row.get(0)).unwrap()
    }

    #[test]
    fn texts_and_bytes_are_integers_as_for_sqlite() {
        for text in [
            "",
            "True",
            "False",
            "1",
            "0",
            "-7",
            "+7",
            " 12 ",
            "1.9",
            "1e3",
            "12abc",
            "- 1",
            "9223372036854775808",
            "-99999999999999999999",
        ] {
            let expected: i64 = cast(&text, "INTEGER");
            assert_eq!(cell(&text).integer(), Some(expected), "{text}");
            assert_eq!(cell(&text.as_bytes()).integer(), Some(expected), "{text}");
            assert_eq!(cell(&text).boolean(), Some(expected != 0), "{text}");
        }
    }

    #[test]
    fn real_numbers_are_integers_and_texts_as_for_sqlite() {
        for real in [
            0.0,
            -0.0,
            1.0,
            -1.0,
            1.9,
            -1.9,
            0.5,
            100.0,
            0.1,
            1e14,
            1e15,
            123_456_789_012_345.0,
            1e20,
            -2.5e-7,
            0.0001,
            0.00001,
            1.0 / 3.0,
            2_461_042.627_835_648,
            f64::MAX,
            f64::MIN_POSITIVE,
        ] {
            assert_eq!(cell(&real).integer(), Some(cast(&real, "INTEGER")), "{real}");
            assert_eq!(cell(&real).text(), Some(cast(&real, "TEXT")), "{real}");
        }
        assert_eq!(cell(&f64::INFINITY).text().as_deref(), Some("Inf"));
    }

    #[test]
    fn numbers_and_bytes_are_texts() {
        assert_eq!(cell(&42).text().as_deref(), Some("42"));
        assert_eq!(cell(&b"ADA".as_slice()).text().as_deref(), Some("ADA"));
        assert_eq!(cell(&b"A\xffA".as_slice()).text().as_deref(), Some("A\u{fffd}A"));
    }

    #[test]
    fn nulls_are_nothing() {
        let null: Option<i64> = None;
        let null = cell(&null);
        assert_eq!((null.text(), null.integer(), null.boolean()), (None, None, None));
        assert_eq!(null.instant().unwrap(), None);
    }

    #[test]
    fn dates_are_texts_bytes_and_julian_days() {
        let expected = Some(datetime!(2999-12-31 00:00 UTC));
        assert_eq!(cell(&"12/31/2999").instant().unwrap(), expected);
        assert_eq!(cell(&b"2999-12-31".as_slice()).instant().unwrap(), expected);
        assert_eq!(cell(&2_816_786.5).instant().unwrap(), expected);
        assert_eq!(
            cell(&2_816_787).instant().unwrap(),
            Some(datetime!(2999-12-31 12:00 UTC))
        );
        for no_date in [&"soon" as &dyn ToSql, &1_767_323_045, &1e300] {
            assert!(cell(no_date).instant().is_err());
        }
    }
}
