//! Once its body has been read, a request to an endpoint runs to its end, even if the client disconnects: it takes effect
//! completely or not at all.
//!
//! Until then it has no effect, and disconnecting cancels it. From then on it runs in a task of its own.

use std::{
    future::poll_fn,
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
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use http::Method;
use http_body::{Frame, SizeHint};
use tracing::Instrument;
use wicketgate_identity::request::{Caller, RequestContext};

use crate::{Identity, answer::Failure};

/// A middleware around each of the endpoints.
pub(crate) async fn run_to_end(
    State(identity): State<Identity>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let (request, progress) = watch_body(request);
    // Dropped with this future, that is, when the client disconnects.
    let caller = Caller::new();
    let mut handler = Box::pin(caller.on_behalf(next.run(request)));
    let refused = poll_fn(|context| match progress.is_read() {
        true => Poll::Ready(None),
        false => match handler.as_mut().poll(context) {
            Poll::Pending if progress.is_read() => Poll::Ready(None),
            polled => polled.map(Some),
        },
    });
    if let Some(response) = refused.await {
        return Ok(response);
    }
    let place = identity.parts().running.place().ok_or(Failure::TooManyRequests)?;
    let task = async move {
        let response = handler.await;
        drop(place);
        response
    };
    tokio::spawn(RequestContext::carry(task).in_current_span())
        .await
        .map_err(|_| Failure::Panicked)
}

/// Whether a request's body has been read.
struct Progress(Arc<AtomicBool>);

impl Progress {
    fn is_read(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// The request, and whether its body has been read.
fn watch_body(request: Request) -> (Request, Progress) {
    // No handler reads the body of a GET.
    let has_body = request.method() != Method::GET && !request.body().is_end_stream();
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{Router, middleware::from_fn_with_state, routing};
    use futures_util::poll;
    use http::StatusCode;
    use tokio::{
        sync::{mpsc, oneshot},
        time::timeout,
    };
    use tower::ServiceExt;
    use wicketgate_identity::MemoryStore;
    use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

    use super::*;
    use crate::options::RequestLimits;

    /// A handler that tells when it has begun, and goes on when it is told to.
    struct World {
        identity: Identity,
        router: Router,
        begun: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
        done: mpsc::UnboundedReceiver<String>,
    }

    impl World {
        fn new(max_running_requests: usize) -> Self {
            let keys = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
            let limits = RequestLimits {
                max_running_requests,
                ..RequestLimits::default()
            };
            let identity = Identity::builder(MemoryStore::new())
                .keys(keys)
                .limits(limits)
                .build()
                .unwrap();
            let (begins, begun) = mpsc::unbounded_channel();
            let (ends, done) = mpsc::unbounded_channel();
            let handler = move |body: String| async move {
                let (go_on, gate) = oneshot::channel();
                begins.send(go_on).unwrap();
                gate.await.unwrap();
                assert_ne!(body, "panic");
                ends.send(body).unwrap();
            };
            let router = Router::new()
                .route("/", routing::post(handler.clone()).get(handler))
                .route_layer(from_fn_with_state(identity.clone(), run_to_end));
            Self {
                identity,
                router,
                begun,
                done,
            }
        }

        fn send(&self, method: Method, body: Body) -> Pin<Box<impl Future<Output = StatusCode> + use<>>> {
            let request = Request::builder().method(method).body(body).unwrap();
            let answer = self.router.clone().oneshot(request);
            Box::pin(async move { answer.await.unwrap().status() })
        }

        fn post(&self, body: &str) -> Pin<Box<impl Future<Output = StatusCode> + use<>>> {
            self.send(Method::POST, Body::from(body.to_owned()))
        }
    }

    #[tokio::test]
    async fn what_a_client_asked_for_is_done_after_it_has_gone() {
        let mut world = World::new(1);
        for method in [Method::POST, Method::GET] {
            let mut answer = world.send(method, Body::from("whole"));
            assert!(poll!(&mut answer).is_pending());
            let go_on = world.begun.recv().await.unwrap();
            drop(answer);
            assert_eq!(world.identity.running_requests(), 1);
            go_on.send(()).unwrap();
            assert_eq!(world.done.recv().await.unwrap(), "whole");
            world.identity.finish_requests().await;
        }
    }

    #[tokio::test]
    async fn without_its_whole_body_a_request_is_not_begun() {
        let mut world = World::new(1);
        let (sender, receiver) = mpsc::unbounded_channel::<Bytes>();
        let pieces = futures_util::stream::unfold(receiver, async |mut receiver| {
            let piece = receiver.recv().await?;
            Some((Ok::<_, std::io::Error>(piece), receiver))
        });
        let mut answer = world.send(Method::POST, Body::from_stream(pieces));
        sender.send(Bytes::from_static(b"ha")).unwrap();
        assert!(poll!(&mut answer).is_pending());
        assert_eq!(world.identity.running_requests(), 0);
        drop(answer);
        assert!(sender.is_closed());
        assert!(world.begun.try_recv().is_err());
    }

    #[tokio::test]
    async fn no_more_requests_run_than_may_whether_or_not_somebody_waits_for_them() {
        let mut world = World::new(2);
        let mut waits = world.post("waits");
        let mut gone = world.post("gone");
        assert!(poll!(&mut waits).is_pending());
        assert!(poll!(&mut gone).is_pending());
        drop(gone);
        assert_eq!(world.post("refused").await, StatusCode::SERVICE_UNAVAILABLE);
        for _ in 0..2 {
            world.begun.recv().await.unwrap().send(()).unwrap();
        }
        assert_eq!(waits.await, StatusCode::OK);
        for _ in 0..2 {
            assert_ne!(world.done.recv().await.unwrap(), "refused");
        }
        world.identity.finish_requests().await;
        let mut next = world.post("next");
        assert!(poll!(&mut next).is_pending());
    }

    #[tokio::test]
    async fn a_panic_is_answered_500_and_gives_its_place_back() {
        let mut world = World::new(1);
        let mut answer = world.post("panic");
        assert!(poll!(&mut answer).is_pending());
        world.begun.recv().await.unwrap().send(()).unwrap();
        assert_eq!(answer.await, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(world.identity.running_requests(), 0);
    }

    #[tokio::test]
    async fn a_stop_waits_for_requests_and_tells_how_many_it_cut() {
        let mut world = World::new(5);
        let mut gone = world.post("gone");
        assert!(poll!(&mut gone).is_pending());
        drop(gone);
        let go_on = world.begun.recv().await.unwrap();
        let finished = timeout(Duration::ZERO, world.identity.finish_requests()).await;
        assert!(finished.is_err());
        assert_eq!(world.identity.running_requests(), 1);
        go_on.send(()).unwrap();
        world.identity.finish_requests().await;
        assert_eq!(world.done.recv().await.unwrap(), "gone");
    }
}
