//! How EF Core's providers write bytes and instants in JSON.

use data_encoding::{BASE64, HEXUPPER, HEXUPPER_PERMISSIVE};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// How EF Core's provider for a database writes bytes and instants in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentForm {
    /// Base64, and `2026-01-02T03:04:05.1234567+00:00`.
    Common,
    /// Base64, and `2026-01-02T03:04:05.123456+00:00`: whole microseconds.
    #[cfg(feature = "postgres")]
    Postgres,
    /// Hexadecimal in capitals, and `2026-01-02 03:04:05.1234567+00:00`.
    #[cfg(feature = "sqlite")]
    Sqlite,
}

impl DocumentForm {
    pub(super) fn write_bytes(self, bytes: &[u8]) -> String {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => HEXUPPER.encode(bytes),
            _ => BASE64.encode(bytes),
        }
    }

    pub(super) fn read_bytes(self, text: &str) -> Option<Vec<u8>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => HEXUPPER_PERMISSIVE.decode(text.as_bytes()).ok(),
            _ => BASE64.decode(text.as_bytes()).ok(),
        }
    }

    pub(super) fn write_instant(self, instant: OffsetDateTime) -> String {
        let instant = instant.to_offset(UtcOffset::UTC);
        let (date, time) = (instant.date(), instant.time());
        let (separator, digits) = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => (' ', 7),
            #[cfg(feature = "postgres")]
            Self::Postgres => ('T', 6),
            Self::Common => ('T', 7),
        };
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let fraction = format!(".{:09}", time.nanosecond());
        let fraction = fraction.get(..=digits).unwrap_or_default().trim_end_matches('0');
        let fraction = fraction.trim_end_matches('.');
        format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}+00:00")
    }

    /// In each of these forms.
    pub(super) fn read_instant(text: &str) -> Option<OffsetDateTime> {
        let instant = OffsetDateTime::parse(&text.replacen(' ', "T", 1), &Rfc3339).ok()?;
        Some(instant.to_offset(UtcOffset::UTC))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn instants_are_written_as_each_provider_does() {
        let instant = datetime!(2026-01-02 04:04:05.1234567 +1);
        for (form, written) in [
            (DocumentForm::Common, "2026-01-02T03:04:05.1234567+00:00"),
            (DocumentForm::Postgres, "2026-01-02T03:04:05.123456+00:00"),
            (DocumentForm::Sqlite, "2026-01-02 03:04:05.1234567+00:00"),
        ] {
            assert_eq!(form.write_instant(instant), written);
            let whole = form.write_instant(datetime!(2026-01-02 03:04:05 UTC));
            assert_eq!(whole, format!("{}+00:00", &written[..19]));
            assert_eq!(
                form.write_instant(datetime!(2026-01-02 03:04:05.1 UTC)),
                whole.replace('+', ".1+")
            );
        }
    }

    #[test]
    fn instants_are_read_in_every_form() {
        let instant = datetime!(2026-01-02 03:04:05.12 UTC);
        for text in [
            "2026-01-02T03:04:05.12+00:00",
            "2026-01-02 04:04:05.1200000+01:00",
            "2026-01-02T03:04:05.12Z",
        ] {
            assert_eq!(DocumentForm::read_instant(text), Some(instant), "{text}");
        }
        assert_eq!(DocumentForm::read_instant("infinity"), None);
    }

    #[test]
    fn bytes_are_read_as_they_were_written() {
        for form in [DocumentForm::Common, DocumentForm::Postgres, DocumentForm::Sqlite] {
            let bytes = [0, 0xAB, 0xFF, 0x3E];
            assert_eq!(form.read_bytes(&form.write_bytes(&bytes)).as_deref(), Some(&bytes[..]));
        }
        assert_eq!(DocumentForm::Sqlite.write_bytes(&[0xAB]), "AB");
        assert_eq!(DocumentForm::Sqlite.read_bytes("ab").as_deref(), Some(&[0xAB][..]));
    }
}
