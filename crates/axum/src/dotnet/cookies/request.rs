//! Cookies that came with a request.

use std::{borrow::Cow, collections::HashMap};

use http::{HeaderMap, HeaderValue, header::COOKIE};
use percent_encoding::percent_decode_str;

use super::{CHUNK_COUNT_PREFIX, chunk_name};

/// The cookies that came with a request. As in .NET, case does not matter in names, and the last of several counts.
#[derive(Default)]
pub(crate) struct RequestCookies {
    /// Parsed only when a cookie is looked up.
    headers: Vec<HeaderValue>,
}

impl RequestCookies {
    pub(crate) fn new(headers: &HeaderMap) -> Self {
        Self {
            headers: headers.get_all(COOKIE).iter().cloned().collect(),
        }
    }

    /// The cookie, joined if it was split; `None` if it is missing or empty. If a part of a split cookie is missing, this is the
    /// text with the number of parts, which is not a valid ticket.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = self.value(name)?;
        let Some(count) = chunk_count(&value) else {
            return Some(value);
        };
        let values = self.values();
        let mut whole = String::new();
        for number in 1..=count {
            match values.get(&chunk_key(name, number)) {
                Some(chunk) => whole.push_str(chunk),
                None => return Some(value),
            }
        }
        Some(whole.into())
    }

    /// Whether the cookie is there, and not empty.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// How many parts of a split cookie came, counted up to the first missing one; zero if it was not split.
    pub(crate) fn received_chunks(&self, name: &str) -> usize {
        let Some(count) = self.value(name).as_deref().and_then(chunk_count) else {
            return 0;
        };
        let values = self.values();
        (1..=count)
            .take_while(|&number| values.contains_key(&chunk_key(name, number)))
            .count()
    }

    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self.pairs().rfind(|(other, _)| other.eq_ignore_ascii_case(name))?;
        (!value.is_empty()).then(|| decode(value))
    }

    /// All non-empty cookies by their names in lower case, to look up many of them.
    fn values(&self) -> HashMap<String, Cow<'_, str>> {
        let mut values: HashMap<_, _> = self
            .pairs()
            .map(|(name, value)| (name.to_ascii_lowercase(), decode(value)))
            .collect();
        values.retain(|_, value| !value.is_empty());
        values
    }

    /// Names and values, as they came.
    fn pairs(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .filter_map(|header| std::str::from_utf8(header.as_bytes()).ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.trim(), value.trim()))
    }
}

fn chunk_key(cookie: &str, number: usize) -> String {
    chunk_name(cookie, number).to_ascii_lowercase()
}

fn decode(value: &str) -> Cow<'_, str> {
    // Tickets have no escapes, and checking for one is faster than decoding.
    if value.contains('%') {
        percent_decode_str(value).decode_utf8_lossy()
    } else {
        value.into()
    }
}

fn chunk_count(value: &str) -> Option<usize> {
    let digits = value.strip_prefix(CHUNK_COUNT_PREFIX)?;
    let count: u32 = digits.parse().ok().filter(|_| !digits.starts_with('+'))?;
    (count > 0 && count <= i32::MAX as u32).then_some(count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(headers: &[&str]) -> RequestCookies {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(COOKIE, header.parse().unwrap());
        }
        RequestCookies::new(&map)
    }

    #[test]
    fn names_ignore_case_and_the_last_value_counts() {
        let cookies = cookies(&["a=1; A=2", "b = x%20y ; c=\"q\"; d="]);
        assert_eq!(cookies.get("a").as_deref(), Some("2"));
        assert_eq!(cookies.get("B").as_deref(), Some("x y"));
        assert_eq!(cookies.get("c").as_deref(), Some("\"q\""));
        assert_eq!(cookies.get("d"), None);
        assert_eq!(cookies.get("e"), None);
    }

    #[test]
    fn a_split_cookie_is_put_together() {
        let cookies = cookies(&["n=chunks-2; nC1=ab; nC2=cd"]);
        assert_eq!(cookies.get("n").as_deref(), Some("abcd"));
        assert_eq!(cookies.received_chunks("n"), 2);
    }

    #[test]
    fn a_split_cookie_with_a_missing_part_is_no_ticket() {
        for (header, received) in [
            ("n=chunks-2; nC1=ab", 1),
            ("n=chunks-2000000000; nC1=ab", 1),
            ("n=chunks-2147483648; nC1=ab", 0),
            ("n=chunks-+1; nC1=ab", 0),
            ("n=chunks-0", 0),
            ("n=chunks-", 0),
        ] {
            let cookies = cookies(&[header]);
            assert!(cookies.get("n").unwrap().starts_with("chunks-"), "{header}");
            assert_eq!(cookies.received_chunks("n"), received, "{header}");
        }
    }
}
