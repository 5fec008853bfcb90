//! Query parameters, as minimal APIs read them.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{StatusCode, request::Parts};
use percent_encoding::percent_decode_str;

/// The query's parameters: case does not matter in names, and an empty value counts as missing.
#[derive(Debug)]
pub(crate) struct QueryParameters(Vec<(String, String)>);

impl QueryParameters {
    fn parse(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(decoded.collect())
    }

    /// The parameter's value; several are joined with commas.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let values = self
            .0
            .iter()
            .filter(|(parameter, _)| parameter.eq_ignore_ascii_case(name));
        let values: Vec<_> = values.map(|(_, value)| value.as_str()).collect();
        Some(values.join(",")).filter(|text| !text.is_empty())
    }

    /// The parameter's value as `true` or `false`, in any case and with surrounding white space.
    ///
    /// # Errors
    /// 400 for anything else, including several values.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, StatusCode> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if trimmed.eq_ignore_ascii_case("true") {
            Ok(Some(true))
        } else if trimmed.eq_ignore_ascii_case("false") {
            Ok(Some(false))
        } else {
            Err(StatusCode::BAD_REQUEST)
        }
    }
}

impl<S: Sync> FromRequestParts<S> for QueryParameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boolean_is_read_as_in_the_reference() {
        let bad = Err(StatusCode::BAD_REQUEST);
        for (query, expected) in [
            ("", Ok(None)),
            ("useCookies", Ok(None)),
            ("useCookies=", Ok(None)),
            ("other=1", Ok(None)),
            ("useCookies=true", Ok(Some(true))),
            ("USECOOKIES=TRUE&x=1", Ok(Some(true))),
            ("useCookies=%74rue", Ok(Some(true))),
            ("useCookies=+true", Ok(Some(true))),
            ("useCookies=true%20", Ok(Some(true))),
            ("useCookies=False", Ok(Some(false))),
            ("useCookies=1", bad),
            ("useCookies=yes", bad),
            ("useCookies=%20", bad),
            ("useCookies=true&useCookies=false", bad),
            ("useCookies=true&usecookies=true", bad),
        ] {
            assert_eq!(QueryParameters::parse(query).boolean("useCookies"), expected, "{query}");
        }
    }

    #[test]
    fn text_is_decoded_and_empty_text_is_none() {
        let query = QueryParameters::parse("CODE=a%2Bb+c&empty=&twice=1&twice=2&&=x");
        assert_eq!(query.text("code").as_deref(), Some("a+b c"));
        assert_eq!(query.text("empty"), None);
        assert_eq!(query.text("twice").as_deref(), Some("1,2"));
        assert_eq!(query.text("missing"), None);
    }
}
