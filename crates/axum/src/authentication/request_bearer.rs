//! The bearer token that came with a request.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use wicketgate_identity::Error;

use crate::{Identity, sessions::Sender};

/// What is known from a request's bearer token.
pub(super) enum Bearer {
    NoToken,
    /// The token is not genuine, or has expired, or its session has ended.
    Refused,
    Opened(Sender),
}

impl Bearer {
    pub(super) async fn read(identity: &Identity, headers: &HeaderMap) -> Result<Self, Error> {
        let Some(token) = bearer_token(headers) else {
            return Ok(Self::NoToken);
        };
        let Some(ticket) = identity.schemes().bearer.open_access_token(&token).await? else {
            return Ok(Self::Refused);
        };
        let sender = Sender::of(identity, &ticket).await?;
        Ok(sender.map_or(Self::Refused, Self::Opened))
    }
}

/// The token in the `Authorization` header. As in .NET, `Bearer` must be spelled exactly like this.
fn bearer_token(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let mut values = headers.get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes);
    let token = text(values.next()?.strip_prefix(b"Bearer ")?);
    // .NET joins several headers into one.
    Some(values.fold(token, |token, value| token + "," + text(value)))
}

/// Checks for valid UTF-8 first, which is faster than a lossy conversion.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_scheme_name_and_a_space_make_a_token() {
        for (header, token) in [
            ("Bearer abc", Some("abc")),
            ("Bearer  abc", Some(" abc")),
            ("bearer abc", None),
            ("BEARER abc", None),
            ("Bearer\tabc", None),
            ("Bearer", None),
            ("Basic abc", None),
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(header))]);
            assert_eq!(bearer_token(&headers).as_deref(), token, "{header}");
        }
        assert_eq!(bearer_token(&HeaderMap::new()), None);
    }

    #[test]
    fn several_headers_are_one_token_and_what_is_no_text_is_one_too() {
        let value = |bytes| HeaderValue::from_bytes(bytes).unwrap();
        let mut headers = HeaderMap::from_iter([(AUTHORIZATION, value(b"Bearer abc"))]);
        headers.append(AUTHORIZATION, value(b"Bearer d\xFF"));
        assert_eq!(bearer_token(&headers).as_deref(), Some("abc,Bearer d\u{FFFD}"));
    }
}
