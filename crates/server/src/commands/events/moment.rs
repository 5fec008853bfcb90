//! A time on the command line.

use std::str::FromStr;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use crate::settings::SettingValue;

/// A time on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    At(OffsetDateTime),
    /// So long ago.
    Ago(Duration),
}

impl Moment {
    pub(super) fn instant(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::At(instant) => instant,
            // A duration is a hundred years at most.
            Self::Ago(duration) => now - duration,
        }
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    /// A date is its beginning in UTC.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(instant) = OffsetDateTime::parse(text, &Rfc3339) {
            return Ok(Self::At(instant));
        }
        if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
            return Ok(Self::At(date.midnight().assume_utc()));
        }
        let duration = Duration::parse(text).map(Self::Ago);
        duration.map_err(|_| "it takes a time such as 2026-11-28, 2026-11-28T08:30:00Z, or 2h for two hours ago")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_time_is_an_instant_a_date_or_so_long_ago() {
        let now = datetime!(2026-11-28 12:00:00 UTC);
        for (text, expected) in [
            ("2026-11-28T08:30:00Z", datetime!(2026-11-28 08:30:00 UTC)),
            ("2026-11-28T08:30:00.5+01:00", datetime!(2026-11-28 07:30:00.5 UTC)),
            ("2026-11-28", datetime!(2026-11-28 00:00:00 UTC)),
            ("90m", datetime!(2026-11-28 10:30:00 UTC)),
            ("30", datetime!(2026-11-28 11:59:30 UTC)),
            ("7d", datetime!(2026-11-21 12:00:00 UTC)),
        ] {
            assert_eq!(text.parse::<Moment>().unwrap().instant(now), expected, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "28.11.2026", "-2h", "200000d"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
