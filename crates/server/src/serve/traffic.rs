//! What passes over one connection, counted as far as its time limits need it.

use std::{
    fmt, io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
    http::Version,
};
use hyper::body::{Buf, Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The counts of one connection. Sums begin anew at zero when they overflow: only whether they changed, and by how much,
/// is asked.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Requests whose headers have come.
    requests: AtomicUsize,
    /// Those of them whose answers are not complete.
    in_flight: AtomicUsize,
    /// Whether anything came since the last of them was complete.
    has_read: AtomicBool,
    /// How much the socket would not take when it was last asked; zero if it took it.
    blocked: AtomicUsize,
    /// Bytes that the socket took.
    written: AtomicUsize,
    /// Bytes of answers over HTTP/2 that wait until the client opens a window for them.
    unsent: AtomicUsize,
    /// Bytes of such answers that went out.
    sent: AtomicUsize,
    is_http2: AtomicBool,
    is_aborted: AtomicBool,
}

impl Traffic {
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }

    pub(super) fn is_answering(&self) -> bool {
        self.in_flight.load(Relaxed) > 0
    }

    /// Whether the next request has begun. With HTTP/2 nobody can tell: there is more than requests to read.
    pub(super) fn has_begun(&self) -> bool {
        self.has_read.load(Relaxed) && !self.is_http2.load(Relaxed)
    }

    pub(super) fn blocked(&self) -> usize {
        self.blocked.load(Relaxed)
    }

    pub(super) fn written(&self) -> usize {
        self.written.load(Relaxed)
    }

    pub(super) fn unsent(&self) -> usize {
        self.unsent.load(Relaxed)
    }

    pub(super) fn sent(&self) -> usize {
        self.sent.load(Relaxed)
    }

    /// When the socket is dropped, the connection is reset, and what the client did not read is forgotten at once.
    pub(super) fn abort(&self) {
        self.is_aborted.store(true, Relaxed);
    }
}

/// A socket that counts.
pub(super) struct CountedSocket {
    socket: TcpStream,
    traffic: Arc<Traffic>,
}

impl CountedSocket {
    pub(super) fn new(socket: TcpStream, traffic: Arc<Traffic>) -> Self {
        Self { socket, traffic }
    }

    fn count_write(&self, asked: usize, outcome: &Poll<io::Result<usize>>) {
        match outcome {
            Poll::Pending => self.traffic.blocked.store(asked.max(1), Relaxed),
            Poll::Ready(Ok(length)) => {
                self.traffic.written.fetch_add(*length, Relaxed);
                self.traffic.blocked.store(0, Relaxed);
            }
            Poll::Ready(Err(_)) => {}
        }
    }
}

impl fmt::Debug for CountedSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}

impl Drop for CountedSocket {
    fn drop(&mut self) {
        if self.traffic.is_aborted.load(Relaxed) {
            let _ = self.socket.set_zero_linger();
        }
    }
}

impl AsyncRead for CountedSocket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.socket).poll_read(context, out);
        if outcome.is_ready() {
            self.traffic.has_read.store(true, Relaxed);
        }
        outcome
    }
}

impl AsyncWrite for CountedSocket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.count_write(bytes.len(), &outcome);
        outcome
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        self.count_write(parts.iter().map(|part| part.len()).sum(), &outcome);
        outcome
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

/// A request that is being answered, until its answer is complete or given up.
#[derive(Debug)]
pub(super) struct Exchange(Arc<Traffic>);

impl Exchange {
    pub(super) fn begin(traffic: &Arc<Traffic>, version: Version) -> Self {
        traffic.requests.fetch_add(1, Relaxed);
        traffic.in_flight.fetch_add(1, Relaxed);
        traffic.is_http2.store(version == Version::HTTP_2, Relaxed);
        Self(Arc::clone(traffic))
    }

    /// The body of its answer.
    pub(super) fn answer(self, body: Body) -> Answer {
        Answer { body, exchange: self }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.has_read.store(false, Relaxed);
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// The body of an answer, which tells how much of it is still to be sent.
pub(super) struct Answer {
    body: Body,
    exchange: Exchange,
}

impl HttpBody for Answer {
    type Data = AnswerData;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<AnswerData>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        // HTTP/1.1 has no windows: what is not sent there is what the socket does not take.
        let traffic = Some(&self.exchange.0).filter(|traffic| traffic.is_http2.load(Relaxed));
        polled.map_ok(|frame| frame.map_data(|bytes| AnswerData::new(bytes, traffic)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A piece of an answer's body.
pub(super) struct AnswerData {
    bytes: Bytes,
    traffic: Option<Arc<Traffic>>,
}

impl AnswerData {
    fn new(bytes: Bytes, traffic: Option<&Arc<Traffic>>) -> Self {
        if let Some(traffic) = traffic {
            traffic.unsent.fetch_add(bytes.len(), Relaxed);
        }
        Self {
            bytes,
            traffic: traffic.cloned(),
        }
    }
}

impl Buf for AnswerData {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        if let Some(traffic) = &self.traffic {
            traffic.unsent.fetch_sub(count, Relaxed);
            traffic.sent.fetch_add(count, Relaxed);
        }
    }
}

impl Drop for AnswerData {
    fn drop(&mut self) {
        if let Some(traffic) = &self.traffic {
            traffic.unsent.fetch_sub(self.bytes.len(), Relaxed);
        }
    }
}
