//! Requests over one connection, and their answers.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedResponse {
    /// The status.
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are no UTF-8 are written `\xNN`.
    pub body: String,
}

/// No complete answer came.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(#[from] io::Error),
    /// The server closed the connection in the midst of the answer.
    #[error("the connection ended after {0} bytes of the answer")]
    Truncated(usize),
    /// What came is not HTTP/1.1.
    #[error("the answer is not HTTP: {0}")]
    Malformed(#[from] httparse::Error),
    /// The body's framing makes no sense.
    #[error("the body has no valid length")]
    InvalidLength,
}

/// Sends the bytes of one request over a fresh connection and reads the answer. Nothing checks the request, so that odd
/// ones can be sent; `method` only tells whether the answer has a body.
///
/// # Errors
/// [`ExchangeError`] when no complete answer comes.
pub async fn exchange(
    stream: impl AsyncRead + AsyncWrite,
    method: &str,
    request: &[u8],
) -> Result<ReceivedResponse, ExchangeError> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let send = async {
        // A server that refuses a large body answers and closes before it has read everything.
        let _ = writer.write_all(request).await;
    };
    let receive = async {
        let mut received = Vec::new();
        loop {
            if let Some(response) = parse(method, &received, End::Open)? {
                return Ok(response);
            }
            if reader.read_buf(&mut received).await? == 0 {
                return parse(method, &received, End::Closed)?.ok_or(ExchangeError::Truncated(received.len()));
            }
        }
    };
    tokio::pin!(send, receive);
    tokio::select! {
        biased;
        response = &mut receive => response,
        () = send => receive.await,
    }
}

impl ReceivedResponse {
    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<String> {
        let values = self.headers.iter().filter(|(header, _)| header == name);
        values.map(|(_, value)| value.clone()).collect()
    }
}

/// Whether more bytes may come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Closed,
}

const MAX_HEADERS: usize = 64;

/// The answer, once `received` holds all of it.
fn parse(method: &str, received: &[u8], end: End) -> Result<Option<ReceivedResponse>, ExchangeError> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(received)? else {
        return Ok(None);
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), text(header.value)))
        .collect();
    let status = head.code.unwrap_or_default();
    let value = |name: &str| {
        headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    };
    let rest = &received[head_length..];
    let body = if method == "HEAD" || status == 204 || status == 304 {
        Some(Vec::new())
    } else if value("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        dechunked(rest)?
    } else if let Some(length) = value("content-length") {
        let length: usize = length.parse().map_err(|_| ExchangeError::InvalidLength)?;
        rest.get(..length).map(<[u8]>::to_vec)
    } else {
        (end == End::Closed).then(|| rest.to_vec())
    };
    Ok(body.map(|body| ReceivedResponse {
        status,
        body: text(&body),
        headers,
    }))
}

/// The body of a chunked answer, once its last chunk is there.
fn dechunked(mut rest: &[u8]) -> Result<Option<Vec<u8>>, ExchangeError> {
    let mut body = Vec::new();
    loop {
        let size = httparse::parse_chunk_size(rest).map_err(|_| ExchangeError::InvalidLength)?;
        let httparse::Status::Complete((head, size)) = size else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(body));
        }
        let end = usize::try_from(size).ok().and_then(|size| head.checked_add(size));
        let end = end.ok_or(ExchangeError::InvalidLength)?;
        let (Some(chunk), Some(next)) = (rest.get(head..end), rest.get(end + 2..)) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        rest = next;
    }
}

fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(method: &str, answer: &'static [u8]) -> Result<ReceivedResponse, ExchangeError> {
        let (client, mut server) = tokio::io::duplex(1024);
        let (response, ()) = tokio::join!(exchange(client, method, b"GET / HTTP/1.1\r\n\r\n"), async move {
            let mut request = [0; 18];
            server.read_exact(&mut request).await.unwrap();
            for piece in answer.chunks(3) {
                server.write_all(piece).await.unwrap();
            }
        });
        response
    }

    #[tokio::test]
    async fn every_framing_of_a_body_is_understood() {
        for (method, answer, body) in [
            ("GET", &b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc"[..], "abc"),
            (
                "GET",
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                "abc",
            ),
            ("GET", b"HTTP/1.1 200 OK\r\n\r\nabc", "abc"),
            ("HEAD", b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n", ""),
            ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", ""),
            ("GET", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xffa", "\\xffa"),
        ] {
            assert_eq!(answered(method, answer).await.unwrap().body, body);
        }
    }

    #[tokio::test]
    async fn headers_that_repeat_are_all_kept() {
        let answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n";
        let response = answered("GET", answer).await.unwrap();
        assert_eq!(response.all("set-cookie"), ["a=1", "b=2"]);
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_an_error() {
        for answer in [
            &b"HTTP/1.1 200 OK\r\ncontent-len"[..],
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n",
        ] {
            assert!(matches!(
                answered("GET", answer).await,
                Err(ExchangeError::Truncated(_))
            ));
        }
    }
}
