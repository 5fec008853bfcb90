//! JSON request bodies.

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, FromRequestParts, Request},
};
use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{charset::Charset, deserializer::from_slice, media_type::MediaType};
use crate::Identity;

/// A request whose content type, if it has one, is JSON; others are answered with 415. GET requests are not checked.
#[derive(Debug)]
pub(crate) struct AcceptsJson;

impl<S: Sync> FromRequestParts<S> for AcceptsJson {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, StatusCode> {
        match content_type(&parts.headers) {
            Some(text) if parts.method != Method::GET && !is_json(text) => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            _ => Ok(Self),
        }
    }
}

/// The request's body. If it cannot be read, the answer is 400, 413 or 415 without a body, as in .NET.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Identity> for JsonBody<T> {
    type Rejection = StatusCode;

    async fn from_request(request: Request, identity: &Identity) -> Result<Self, StatusCode> {
        read_json(request, identity.parts().limits.max_request_body_size)
            .await
            .map(Self)
    }
}

async fn read_json<T: DeserializeOwned>(request: Request, max_size: usize) -> Result<T, StatusCode> {
    let (parts, body) = request.into_parts();
    if body.size_hint().exact() == Some(0) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let charset = charset(&parts.headers)?;
    let bytes = read(body, max_size).await?;
    from_slice(&charset.into_utf8(bytes)).map_err(|_| StatusCode::BAD_REQUEST)
}

/// The content type; `None` if it is missing or empty.
fn content_type(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"))?;
    (!text.is_empty()).then_some(text)
}

fn is_json(content_type: &str) -> bool {
    MediaType::parse(content_type).is_some_and(|media_type| media_type.is_json())
}

/// The encoding of a JSON body; 415 if it is unknown, where .NET answers 500.
fn charset(headers: &HeaderMap) -> Result<Charset, StatusCode> {
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let media_type = content_type(headers).and_then(MediaType::parse);
    let media_type = media_type.filter(MediaType::is_json).ok_or(unsupported)?;
    match media_type.charset() {
        None => Ok(Charset::Utf8),
        Some(name) => Charset::by_name(name).ok_or(unsupported),
    }
}

/// The whole body. It may contain a password, so it is wiped afterwards.
async fn read(body: Body, max_size: usize) -> Result<Zeroizing<Vec<u8>>, StatusCode> {
    if body.size_hint().lower() > max_size as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match Limited::new(body, max_size).collect().await {
        Ok(collected) => Ok(Zeroizing::new(collected.to_bytes().into())),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use bytes::Bytes;
    use futures_util::stream;
    use http_body::{Frame, SizeHint};

    use super::*;
    use crate::dotnet::json::AnyValue;

    const MAX_SIZE: usize = 16 * 1024;

    async fn answer(content_type: Option<&str>, body: Body) -> StatusCode {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        if let Some(content_type) = content_type {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, content_type.parse().unwrap());
        }
        let (mut parts, body) = request.into_parts();
        if let Err(refusal) = AcceptsJson::from_request_parts(&mut parts, &()).await {
            return refusal;
        }
        let request = Request::from_parts(parts, body);
        let read = read_json::<AnyValue>(request, MAX_SIZE).await;
        read.map_or_else(|refusal| refusal, |_| StatusCode::OK)
    }

    #[tokio::test]
    async fn content_types_other_than_json_are_not_supported() {
        for (content_type, expected) in [
            (Some("application/json"), StatusCode::OK),
            (Some("application/problem+json; charset=utf-8"), StatusCode::OK),
            (
                Some("application/json; charset=nope"),
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            (Some("text/plain"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (Some("nonsense"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (Some(""), StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (None, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ] {
            assert_eq!(
                answer(content_type, Body::from("{}")).await,
                expected,
                "{content_type:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_get_may_have_any_content_type() {
        let request = Request::get("/").header(CONTENT_TYPE, "text/plain").body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        assert!(AcceptsJson::from_request_parts(&mut parts, &()).await.is_ok());
    }

    #[tokio::test]
    async fn without_a_body_the_content_type_may_be_missing_and_the_answer_is_400() {
        assert_eq!(answer(None, Body::empty()).await, StatusCode::BAD_REQUEST);
        assert_eq!(
            answer(Some("application/json"), Body::empty()).await,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            answer(Some("text/plain"), Body::empty()).await,
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
    }

    #[tokio::test]
    async fn the_charset_is_obeyed() {
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(
            answer(Some("application/json; charset=utf-16"), Body::from(utf16)).await,
            StatusCode::OK
        );
        let wrong = answer(Some("application/json; charset=utf-16"), Body::from("{}"));
        assert_eq!(wrong.await, StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn a_body_may_be_as_long_as_the_limit_and_no_longer_whether_or_not_it_says_so() {
        for (length, expected) in [
            (MAX_SIZE - 1, StatusCode::OK),
            (MAX_SIZE, StatusCode::OK),
            (MAX_SIZE + 1, StatusCode::PAYLOAD_TOO_LARGE),
            (30_000_000, StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let mut text = b"{}".to_vec();
            text.resize(length, b' ');
            let text = Bytes::from(text);
            let said = answer(Some("application/json"), Body::from(text.clone()));
            assert_eq!(said.await, expected, "{length}");
            let halves = [text.slice(..length / 2), text.slice(length / 2..)];
            let stream = Body::from_stream(stream::iter(halves.map(Ok::<_, std::io::Error>)));
            let unsaid = answer(Some("application/json"), stream);
            assert_eq!(unsaid.await, expected, "{length}");
        }
    }

    #[tokio::test]
    async fn no_byte_is_read_of_a_body_that_says_that_it_is_too_long() {
        let unread = Body::new(NeverRead(MAX_SIZE as u64 + 1));
        let refused = answer(Some("application/json"), unread);
        assert_eq!(refused.await, StatusCode::PAYLOAD_TOO_LARGE);
    }

    /// Says how long it is, and fails the test when it is read.
    struct NeverRead(u64);

    impl HttpBody for NeverRead {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            panic!("the body is read")
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0)
        }
    }
}
