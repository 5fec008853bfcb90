//! Bodies of requests that come too slowly: 408, and the connection ends, as with Kestrel.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
    http::{StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::data_rate::MinDataRate;

/// The client sent its body too slowly.
#[derive(Debug)]
pub(super) struct TooSlow;

impl IntoResponse for TooSlow {
    fn into_response(self) -> Response {
        (StatusCode::REQUEST_TIMEOUT, [(CONNECTION, "close")]).into_response()
    }
}

/// What `application` answers, to which `body` was given as the second part of [`timed`].
pub(super) async fn in_time(
    rate: MinDataRate,
    progress: Arc<Progress>,
    application: impl Future<Output = Response>,
) -> Result<Response, TooSlow> {
    let mut application = pin!(application);
    let mut limit = Limit::new(rate);
    poll_fn(|context| {
        if let Poll::Ready(response) = application.as_mut().poll(context) {
            return Poll::Ready(Ok(response));
        }
        limit.poll(&progress, context).map(Err)
    })
    .await
}

/// The body, and how far it came.
pub(super) fn timed(body: Body) -> (Body, Arc<Progress>) {
    let progress = Arc::new(Progress::default());
    let timed = TimedBody {
        body,
        progress: Arc::clone(&progress),
    };
    (Body::new(timed), progress)
}

/// How far a body came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    received: AtomicUsize,
    /// Whether the application waits for more. Only such time is counted: a server that takes its time to read does not
    /// make its client slow.
    is_awaited: AtomicBool,
    /// Whether nobody will read more of it.
    is_done: AtomicBool,
}

struct TimedBody {
    body: Body,
    progress: Arc<Progress>,
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let progress = &self.progress;
        progress.is_awaited.store(polled.is_pending(), Relaxed);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                progress.received.fetch_add(length, Relaxed);
                progress.is_done.store(self.body.is_end_stream(), Relaxed);
            }
            Poll::Ready(_) => progress.is_done.store(true, Relaxed),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        self.progress.is_done.store(true, Relaxed);
    }
}

/// Until when the next bytes must have come.
struct Limit {
    rate: MinDataRate,
    received: usize,
    until: Option<Instant>,
    /// May be early.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Limit {
    fn new(rate: MinDataRate) -> Self {
        Self {
            rate,
            received: 0,
            until: None,
            timer: None,
        }
    }

    /// The timer runs as long as the body is not done, since who reads it may be another task than this one.
    fn poll(&mut self, progress: &Progress, context: &mut Context<'_>) -> Poll<TooSlow> {
        while !progress.is_done.load(Relaxed) {
            let until = self.look(progress);
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
            if timer.is_elapsed() || until < timer.deadline() {
                timer.as_mut().reset(until);
            }
            ready!(timer.as_mut().poll(context));
            let fired = timer.deadline();
            if self.look(progress) <= fired {
                return Poll::Ready(TooSlow);
            }
        }
        Poll::Pending
    }

    fn look(&mut self, progress: &Progress) -> Instant {
        let received = progress.received.load(Relaxed);
        let earned = self.rate.time_for(received.wrapping_sub(self.received));
        self.received = received;
        let until = match self.until {
            Some(until) if progress.is_awaited.load(Relaxed) => {
                if earned.is_zero() {
                    until
                } else {
                    (until + earned).min(Instant::now() + self.rate.time_for_step(usize::MAX))
                }
            }
            _ => Instant::now() + self.rate.grace_period(),
        };
        self.until = Some(until);
        until
    }
}
