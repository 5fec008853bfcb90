//! Dates as texts, in the forms that `DateTimeOffset.Parse` reads without a culture.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// .NET's offsets from UTC end here.
const LARGEST_OFFSET_HOURS: i8 = 14;

/// Reads a date with or without a time and an offset; without a time it is midnight, without an offset UTC, as it is for
/// Microsoft.Data.Sqlite since version 10. Dates are `2999-12-31` or `2999/12/31`, American (`12/31/2999`), or have the
/// month's English name (`31 Dec 2999`, `Dec 31, 2999`).
///
/// `None` also for what .NET reads by the day on which it does: times without a date, days without a year, years of two
/// digits.
pub(super) fn parse(text: &str) -> Option<OffsetDateTime> {
    let mut rest = Rest(text.trim());
    rest.skip_weekday();
    let date = rest.date()?;
    let (time, offset) = match rest.is_at_end() {
        true => (Time::MIDNIGHT, UtcOffset::UTC),
        false => {
            rest.between_date_and_time()?;
            (rest.time()?, rest.offset()?)
        }
    };
    let instant = PrimitiveDateTime::new(date, time).assume_offset(offset);
    // .NET has no instants before its first year and after its last.
    instant.checked_to_offset(UtcOffset::UTC).filter(|utc| utc.year() > 0)?;
    rest.is_at_end().then_some(instant)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];
/// How many letters of a name stand for it.
const SHORT: usize = 3;

/// What has not been read yet.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it began with this, which is passed over.
    fn eat(&mut self, beginning: char) -> bool {
        match self.0.strip_prefix(beginning) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_start();
    }

    /// Digits, and how many there are.
    fn digits(&mut self, most: usize) -> Option<(u32, usize)> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 || count > most {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some((digits.parse().ok()?, count))
    }

    /// One or two digits.
    fn small(&mut self) -> Option<u8> {
        let (number, _) = self.digits(2)?;
        number.try_into().ok()
    }

    /// Letters, in small ones.
    fn word(&mut self) -> String {
        let count = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.0.split_at(count);
        self.0 = rest;
        word.to_ascii_lowercase()
    }

    fn skip_weekday(&mut self) {
        let before = self.0;
        if index_of(&self.word(), &WEEKDAYS).is_none() {
            self.0 = before;
            return;
        }
        self.eat(',');
        self.skip_spaces();
    }

    fn date(&mut self) -> Option<Date> {
        if self.0.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let month = self.month()?;
            self.skip_spaces();
            let day = self.small()?;
            self.eat(',');
            self.skip_spaces();
            return date(self.year()?, month, day);
        }
        let (first, digits) = self.digits(4)?;
        let separator = self.0.chars().next()?;
        match (digits, separator) {
            (4, '-' | '/') => {
                let month = self.next_part(separator)?;
                let day = self.next_part(separator)?;
                date(first, Month::try_from(month).ok()?, day)
            }
            (1 | 2, ' ' | '-') if self.is_month_after(separator) => {
                self.eat(separator);
                let month = self.month()?;
                self.eat(separator).then_some(())?;
                date(self.year()?, month, first.try_into().ok()?)
            }
            (1 | 2, '-' | '/') => {
                let day = self.next_part(separator)?;
                self.eat(separator).then_some(())?;
                let month = Month::try_from(u8::try_from(first).ok()?).ok()?;
                date(self.year()?, month, day)
            }
            _ => None,
        }
    }

    fn next_part(&mut self, separator: char) -> Option<u8> {
        self.eat(separator).then_some(())?;
        self.small()
    }

    fn is_month_after(&self, separator: char) -> bool {
        let rest = self.0.strip_prefix(separator);
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()))
    }

    fn month(&mut self) -> Option<Month> {
        let index = index_of(&self.word(), &MONTHS)?;
        Month::try_from(u8::try_from(index + 1).ok()?).ok()
    }

    fn year(&mut self) -> Option<u32> {
        let (year, digits) = self.digits(4)?;
        (digits == 4).then_some(year)
    }

    fn between_date_and_time(&mut self) -> Option<()> {
        let before = self.0.len();
        self.skip_spaces();
        (self.eat('T') || self.0.len() < before).then_some(())
    }

    fn time(&mut self) -> Option<Time> {
        let hour = self.small()?;
        self.eat(':').then_some(())?;
        let minute = self.small()?;
        let (second, nanosecond) = match self.eat(':') {
            true => (self.small()?, self.fraction()?),
            false => (0, 0),
        };
        let hour = self.hour_of_day(hour)?;
        Time::from_hms_nano(hour, minute, second, nanosecond).ok()
    }

    /// Of a second, in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        const DIGITS: usize = 9;
        if !self.eat('.') {
            return Some(0);
        }
        let (fraction, digits) = self.digits(DIGITS)?;
        let missing = u32::try_from(DIGITS - digits).ok()?;
        Some(fraction * 10_u32.pow(missing))
    }

    /// With `AM` or `PM` behind it, the hour is one of twelve.
    fn hour_of_day(&mut self, hour: u8) -> Option<u8> {
        let before = self.0;
        self.skip_spaces();
        match (self.word().as_str(), hour) {
            ("am", 12) => Some(0),
            ("pm", 12) => Some(12),
            ("am", 0..12) => Some(hour),
            ("pm", 0..12) => Some(hour + 12),
            ("am" | "pm", _) => None,
            _ => {
                self.0 = before;
                Some(hour)
            }
        }
    }

    /// `+01:00`, `+0100`, `+01`, `Z` and `GMT`; UTC without any.
    fn offset(&mut self) -> Option<UtcOffset> {
        self.skip_spaces();
        if self.is_at_end() {
            return Some(UtcOffset::UTC);
        }
        let is_negative = match self.0.chars().next()? {
            '+' => false,
            '-' => true,
            _ => return matches!(self.word().as_str(), "z" | "gmt").then_some(UtcOffset::UTC),
        };
        self.0 = &self.0[1..];
        let (hours, minutes) = match self.digits(4)? {
            (number, 3 | 4) => (number / 100, number % 100),
            (hours, _) => match self.eat(':') {
                true => (hours, self.small()?.into()),
                false => (hours, 0),
            },
        };
        let (hours, minutes) = (i8::try_from(hours).ok()?, i8::try_from(minutes).ok()?);
        if (hours, minutes) > (LARGEST_OFFSET_HOURS, 0) {
            return None;
        }
        let sign = if is_negative { -1 } else { 1 };
        UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
    }
}

fn date(year: u32, month: Month, day: u8) -> Option<Date> {
    // There is no year 0.
    let year = i32::try_from(year).ok().filter(|year| *year > 0)?;
    Date::from_calendar_date(year, month, day).ok()
}

/// Of a name, or of its first letters.
fn index_of(word: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| *name == word || name[..SHORT] == *word)
}

#[cfg(test)]
mod tests;
