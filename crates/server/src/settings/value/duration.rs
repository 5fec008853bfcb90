//! Durations: `300s`, `5m`, `1h`, `14d`.

use time::Duration;

use super::{Refused, SettingValue};

/// The units of durations, the longest first.
const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
/// Added to any time there is, this stays in the range of dates.
const LONGEST: Duration = Duration::days(36_525);

impl SettingValue for Duration {
    fn parse(text: &str) -> Result<Self, Refused> {
        let (number, unit) = UNITS
            .into_iter()
            .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
            .unwrap_or((text, 1));
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refused::default());
        }
        let seconds = number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit));
        seconds
            .map(Self::seconds)
            .filter(|duration| *duration <= LONGEST)
            .ok_or_else(|| Refused {
                reason: Some("more than 100 years".to_owned()),
            })
    }
    fn takes() -> String {
        "a duration such as 300s, 5m, 1h or 14d".to_owned()
    }
    fn show(&self) -> String {
        let seconds = self.whole_seconds();
        UNITS
            .into_iter()
            .find(|(_, unit)| seconds != 0 && seconds % unit == 0)
            .map_or_else(
                || format!("{seconds}s"),
                |(name, unit)| format!("{}{name}", seconds / unit),
            )
    }
}
