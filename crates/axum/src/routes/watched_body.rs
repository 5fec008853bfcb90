//! A request's body that tells when nobody reads it any more.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use axum::{
    Error,
    body::{Body, HttpBody},
    extract::Request,
};
use bytes::Bytes;
use http::Method;
use http_body::{Frame, SizeHint};

/// Whether a request's body has been read, or dropped.
pub(super) struct Progress(Arc<AtomicBool>);

impl Progress {
    pub(super) fn is_read(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// The request, and whether its body has been read, or dropped by a handler that wants none.
pub(super) fn watch_body(request: Request) -> (Request, Progress) {
    // No handler reads the body of one of these.
    let is_read = matches!(*request.method(), Method::GET | Method::DELETE);
    let has_body = !is_read && !request.body().is_end_stream();
    let is_read = Arc::new(AtomicBool::new(!has_body));
    let progress = Progress(Arc::clone(&is_read));
    if !has_body {
        return (request, progress);
    }
    let request = request.map(|body| {
        Body::new(WatchedBody {
            body,
            is_at_end: false,
            is_read,
        })
    });
    (request, progress)
}

/// A body that suspends its reader once at the end, so that the reader continues in its own task.
struct WatchedBody {
    body: Body,
    is_at_end: bool,
    is_read: Arc<AtomicBool>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.is_at_end {
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() {
            self.is_at_end = true;
            self.is_read.store(true, Relaxed);
            // No waker is needed: `run_to_end` sees the end, and has the handler polled again.
            return Poll::Pending;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.is_at_end
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A handler that reads no body drops it before it does anything.
impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.is_read.store(true, Relaxed);
    }
}
