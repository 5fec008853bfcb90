//! `Content-Type` headers, as far as JSON needs them.

use std::borrow::Cow;

/// A `Content-Type` header, as far as JSON needs it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MediaType<'a> {
    kind: &'a str,
    subtype: &'a str,
    charset: Option<Cow<'a, str>>,
}

impl<'a> MediaType<'a> {
    /// `None` for text that is not a media type (RFC 9110, section 8.3.1).
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (kind, rest) = text.trim().split_once('/')?;
        let (subtype, parameters) = match rest.split_once(';') {
            Some((subtype, parameters)) => (subtype.trim_end(), Some(parameters)),
            None => (rest, None),
        };
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        Some(Self {
            kind,
            subtype,
            charset: parameters.and_then(charset),
        })
    }

    /// `application/json`, or any subtype of `application` with the suffix `+json` (RFC 6839).
    pub(super) fn is_json(&self) -> bool {
        let suffix = self.subtype.rsplit_once('+').map_or(self.subtype, |(_, suffix)| suffix);
        self.kind.eq_ignore_ascii_case("application") && suffix.eq_ignore_ascii_case("json")
    }

    /// The parameter `charset`, unless it is empty.
    pub(super) fn charset(&self) -> Option<&str> {
        self.charset.as_deref().filter(|charset| !charset.is_empty())
    }
}

fn charset(parameters: &str) -> Option<Cow<'_, str>> {
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    Some(quoted.map_or(Cow::Borrowed(value), |quoted| quoted.replace('\\', "").into()))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_type_and_suffix() {
        for (text, expected) in [
            ("application/json", true),
            ("APPLICATION/JSON", true),
            (" application/json ", true),
            ("application/json; charset=utf-8", true),
            ("application/json; odata=verbose", true),
            ("application/vnd.api+json", true),
            ("application/*+json", true),
            ("text/json", false),
            ("image/svg+xml", false),
            ("application/jsonx", false),
            ("*/*", false),
        ] {
            assert_eq!(MediaType::parse(text).unwrap().is_json(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_media_type_is_none() {
        for text in [
            "",
            "application",
            "application/",
            "/json",
            "application/json, text/plain",
            "a b/json",
        ] {
            assert_eq!(MediaType::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_charset_is_found_among_parameters() {
        for (text, expected) in [
            ("application/json", None),
            ("application/json; charset=", None),
            ("application/json;charset=UTF-8", Some("UTF-8")),
            ("application/json; a=b; CharSet = \"utf-16\"", Some("utf-16")),
        ] {
            assert_eq!(MediaType::parse(text).unwrap().charset(), expected, "{text}");
        }
    }
}
