use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Longer request lines are left to the HTTP parser, which refuses them.
const LONGEST_LINE: usize = 64 * 1024;
/// Registered methods have up to 17 letters.
const LONGEST_METHOD: usize = 20;

/// A connection on which a `#` in a request's target stays part of it.
///
/// No client may send a fragment (RFC 9112, section 3.2). Kestrel takes the `#` for a part of the path and so finds no
/// route; hyper would cut it off and answer for the path before it. Put around an accepted connection (inside TLS), this
/// writes `%23` in its place.
///
/// A request line is looked for where a connection begins and after each answer, so the second of two pipelined
/// requests is not rewritten.
#[derive(Debug)]
pub struct RequestTarget<S> {
    connection: S,
    /// Where the next byte from the client belongs.
    place: Place,
    /// What came from the client and is still to be read by the server, from this index on.
    ready: Vec<u8>,
    read: usize,
}

#[derive(Debug)]
enum Place {
    /// A request line, of which this much has come.
    RequestLine(Vec<u8>),
    /// Headers or a body.
    Message,
    /// A connection of HTTP/2, which has no request lines.
    Http2,
}

impl Place {
    /// After these bytes, which begin with a request line.
    fn behind_line(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"PRI * HTTP/2") {
            Self::Http2
        } else {
            Self::Message
        }
    }
}

impl<S> RequestTarget<S> {
    /// Watches a connection that was just accepted.
    pub fn new(connection: S) -> Self {
        Self {
            connection,
            place: Place::RequestLine(Vec::new()),
            ready: Vec::new(),
            read: 0,
        }
    }

    /// Gives the server what is ready for it; `false` if nothing is.
    fn read_ready(&mut self, out: &mut ReadBuf<'_>) -> bool {
        let rest = &self.ready[self.read..];
        if rest.is_empty() {
            return false;
        }
        let length = rest.len().min(out.remaining());
        out.put_slice(&rest[..length]);
        self.read += length;
        true
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RequestTarget<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if out.remaining() == 0 || this.read_ready(out) {
                return Poll::Ready(Ok(()));
            }
            let before = out.filled().len();
            ready!(Pin::new(&mut this.connection).poll_read(context, out))?;
            let Place::RequestLine(line) = &mut this.place else {
                return Poll::Ready(Ok(()));
            };
            let read = &out.filled()[before..];
            // Nearly always the whole line comes at once, and can stay where it is.
            if line.is_empty() && !may_be_unfinished(read) && !has_number_sign(read) {
                this.place = Place::behind_line(read);
                return Poll::Ready(Ok(()));
            }
            let ended = read.is_empty();
            line.extend_from_slice(read);
            out.set_filled(before);
            if ended || !may_be_unfinished(line) {
                this.ready = without_number_sign(std::mem::take(line));
                this.read = 0;
                this.place = Place::behind_line(&this.ready);
            }
            if ended && this.ready.is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RequestTarget<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if matches!(this.place, Place::Message) {
            this.place = Place::RequestLine(Vec::new());
        }
        Pin::new(&mut this.connection).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_shutdown(context)
    }
}

/// Whether these bytes could go on to be a request line. What is none (a WebSocket's frame, say) must not be held back.
fn may_be_unfinished(bytes: &[u8]) -> bool {
    let method = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let after_method = bytes.get(method);
    method <= LONGEST_METHOD
        && bytes.len() <= LONGEST_LINE
        && matches!(after_method, None | Some(b' '))
        && !bytes.contains(&b'\n')
}

/// Whether the bytes begin with a request line that has a `#`.
fn has_number_sign(bytes: &[u8]) -> bool {
    let line = first_line(bytes);
    let version = line.strip_suffix(b"\r").unwrap_or(line);
    let is_request_line = version.ends_with(b" HTTP/1.1") || version.ends_with(b" HTTP/1.0");
    is_request_line && line.contains(&b'#')
}

/// What comes before the first end of a line; nothing if there is none.
fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    &bytes[..end]
}

/// The bytes with `%23` for `#` in the target, if they begin with a request line.
fn without_number_sign(bytes: Vec<u8>) -> Vec<u8> {
    if !has_number_sign(&bytes) {
        return bytes;
    }
    let line = first_line(&bytes);
    let mut rewritten = Vec::with_capacity(bytes.len() + 2);
    for &byte in line {
        match byte {
            b'#' => rewritten.extend_from_slice(b"%23"),
            _ => rewritten.push(byte),
        }
    }
    rewritten.extend_from_slice(&bytes[line.len()..]);
    rewritten
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn read_through(sent: &[u8]) -> Vec<u8> {
        let (mut client, server) = tokio::io::duplex(16);
        let sent = sent.to_vec();
        let sending = tokio::spawn(async move {
            client.write_all(&sent).await.unwrap();
        });
        let mut read = Vec::new();
        RequestTarget::new(server).read_to_end(&mut read).await.unwrap();
        sending.await.unwrap();
        read
    }

    #[tokio::test]
    async fn a_number_sign_in_the_target_is_escaped() {
        let read = read_through(b"GET /manage/info#x HTTP/1.1\r\nx: #\r\n\r\nbody#").await;
        assert_eq!(read, b"GET /manage/info%23x HTTP/1.1\r\nx: #\r\n\r\nbody#");
    }

    #[tokio::test]
    async fn other_requests_and_protocols_go_through_unchanged() {
        for sent in [
            b"GET / HTTP/1.1\r\nhost: a\r\n\r\n".as_slice(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n#",
            b"\x81\x05#####",
            b"GET /half#",
            b"",
        ] {
            assert_eq!(read_through(sent).await, sent);
        }
    }

    #[tokio::test]
    async fn requests_after_an_answer_are_rewritten_and_bodies_are_not() {
        let (mut client, server) = tokio::io::duplex(1024);
        let mut server = RequestTarget::new(server);
        let mut read = [0; 64];
        client.write_all(b"POST / HTTP/1.1\r\n\r\n").await.unwrap();
        assert_eq!(server.read(&mut read).await.unwrap(), 19);
        client.write_all(b"GET /# HTTP/1.1\r\n").await.unwrap();
        let length = server.read(&mut read).await.unwrap();
        assert_eq!(&read[..length], b"GET /# HTTP/1.1\r\n");
        server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        client.write_all(b"GET /# HTTP/1.1\r\n").await.unwrap();
        let length = server.read(&mut read).await.unwrap();
        assert_eq!(&read[..length], b"GET /%23 HTTP/1.1\r\n");
    }
}
