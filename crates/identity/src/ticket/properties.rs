//! A ticket's properties.

use std::{borrow::Cow, fmt};

use time::OffsetDateTime;

use crate::event::microseconds;
use crate::session::SessionId;
use crate::text::http_date;

const ISSUED: &str = ".issued";
const EXPIRES: &str = ".expires";
const PERSISTENT: &str = ".persistent";
const ALLOW_REFRESH: &str = ".refresh";
/// Ours; .NET carries it along without reading it.
const SESSION: &str = "wicketgate.session";
const REFRESH_NUMBER: &str = "wicketgate.refresh";
const CONFIRMED: &str = "wicketgate.confirmed";
/// The names that tickets usually have.
pub(super) const USUAL_NAMES: [&str; 7] = [
    ISSUED,
    EXPIRES,
    PERSISTENT,
    ALLOW_REFRESH,
    SESSION,
    REFRESH_NUMBER,
    CONFIRMED,
];

/// Named texts, in the order in which they were added (.NET's `AuthenticationProperties`). Times have whole seconds.
/// `Debug` leaves out the texts, in which .NET also keeps tokens.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TicketProperties {
    items: Vec<(Cow<'static, str>, String)>,
}

impl TicketProperties {
    /// When the ticket was issued (`.issued`).
    pub fn issued(&self) -> Option<OffsetDateTime> {
        http_date::parse(self.get(ISSUED)?)
    }

    /// Sets when the ticket was issued; fractions of the second are dropped.
    pub fn set_issued(&mut self, instant: Option<OffsetDateTime>) {
        self.set(ISSUED, instant.map(http_date::format));
    }

    /// When the ticket expires (`.expires`).
    pub fn expires(&self) -> Option<OffsetDateTime> {
        http_date::parse(self.get(EXPIRES)?)
    }

    /// Sets when the ticket expires; fractions of the second are dropped.
    pub fn set_expires(&mut self, instant: Option<OffsetDateTime>) {
        self.set(EXPIRES, instant.map(http_date::format));
    }

    /// Whether a cookie outlives the browser (`.persistent`).
    pub fn is_persistent(&self) -> bool {
        self.get(PERSISTENT).is_some()
    }

    /// Sets whether a cookie outlives the browser.
    pub fn set_persistent(&mut self, persistent: bool) {
        self.set(PERSISTENT, persistent.then(String::new));
    }

    /// Whether the cookie may be renewed (`.refresh`); `None` leaves it to the scheme.
    pub fn allow_refresh(&self) -> Option<bool> {
        match self.get(ALLOW_REFRESH)? {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The session that the ticket belongs to (`wicketgate.session`).
    pub fn session(&self) -> Option<SessionId> {
        SessionId::from_text(self.get(SESSION)?)
    }

    /// Sets the session that the ticket belongs to.
    pub fn set_session(&mut self, session: Option<&SessionId>) {
        self.set(SESSION, session.map(|id| id.as_str().to_owned()));
    }

    /// Which of its session's refresh tokens it is (`wicketgate.refresh`): the first is 0.
    pub fn refresh_number(&self) -> i64 {
        let number = self.get(REFRESH_NUMBER).and_then(|text| text.parse().ok());
        number.filter(|number| *number > 0).unwrap_or_default()
    }

    /// Sets which of its session's refresh tokens it is.
    pub fn set_refresh_number(&mut self, number: i64) {
        self.set(REFRESH_NUMBER, (number > 0).then(|| number.to_string()));
    }

    /// When the user of a cookie's session proved again who they are, in microseconds since 1970 (`wicketgate.confirmed`).
    pub(crate) fn confirmed(&self) -> Option<i64> {
        self.get(CONFIRMED)?.parse().ok()
    }

    /// Sets when the user of a cookie's session proved again who they are.
    pub fn set_confirmed(&mut self, at: OffsetDateTime) {
        self.set(CONFIRMED, Some(microseconds(at).to_string()));
    }

    /// The text called `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Sets the text called `name`, in its place or at the end; `None` removes it.
    pub fn set(&mut self, name: &str, value: Option<String>) {
        let position = self.items.iter().position(|(key, _)| key == name);
        match (position, value) {
            (Some(index), Some(value)) => self.items[index].1 = value,
            (Some(index), None) => drop(self.items.remove(index)),
            (None, Some(value)) => self.items.push((name.to_owned().into(), value)),
            (None, None) => {}
        }
    }

    /// Properties from texts whose names are known to differ.
    pub(super) fn from_pairs(items: Vec<(Cow<'static, str>, String)>) -> Self {
        Self { items }
    }

    /// All names and texts, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.items.iter().map(|(key, value)| (&**key, value.as_str()))
    }
}

impl fmt::Debug for TicketProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn times_keep_whole_seconds_in_utc() {
        let mut properties = TicketProperties::default();
        properties.set_issued(Some(datetime!(2026-01-02 04:04:05.987 +1)));
        assert_eq!(properties.get(".issued"), Some("Fri, 02 Jan 2026 03:04:05 GMT"));
        assert_eq!(properties.issued(), Some(datetime!(2026-01-02 03:04:05 UTC)));
    }

    #[test]
    fn a_time_that_is_no_rfc_1123_date_is_no_time() {
        let mut properties = TicketProperties::default();
        properties.set(".expires", Some("2026-01-02".to_owned()));
        assert_eq!(properties.expires(), None);
    }

    #[test]
    fn a_text_that_is_set_again_keeps_its_place() {
        let mut properties = TicketProperties::default();
        properties.set_persistent(true);
        properties.set("a", Some("1".to_owned()));
        properties.set_expires(Some(OffsetDateTime::UNIX_EPOCH));
        properties.set("a", Some("2".to_owned()));
        properties.set_expires(None);
        assert_eq!(properties.iter().collect::<Vec<_>>(), [(".persistent", ""), ("a", "2")]);
    }

    #[test]
    fn persistence_is_the_presence_of_its_text() {
        let mut properties = TicketProperties::default();
        assert!(!properties.is_persistent());
        properties.set_persistent(true);
        assert!(properties.is_persistent());
        properties.set_persistent(false);
        assert!(!properties.is_persistent());
    }

    #[test]
    fn whether_a_cookie_may_slide_is_read_as_dotnet_reads_booleans() {
        for (text, expected) in [("True", Some(true)), ("false", Some(false)), ("1", None), ("", None)] {
            let mut properties = TicketProperties::default();
            properties.set(".refresh", Some(text.to_owned()));
            assert_eq!(properties.allow_refresh(), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_are_not_printed() {
        let mut properties = TicketProperties::default();
        properties.set(".Token.id_token", Some("secret".to_owned()));
        assert_eq!(format!("{properties:?}"), r#"[".Token.id_token"]"#);
    }
}
