//! Once its body has been read, a request runs to its end, even if the client disconnects: it takes effect completely or not at
//! all, and leaves no connection to a database in the middle of an answer.
//!
//! Until then it has no effect, and disconnecting cancels it. From then on, should the client disconnect, it goes on in a task of its
//! own.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};
use tracing::Instrument;
use wicketgate_identity::request::{Caller, RequestContext};

use super::watched_body::watch_body;
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
    ToItsEnd {
        running: Some((handler, place)),
    }
    .await
}

/// A handler, and its place among those that run. If this is dropped before the handler's end, the client is gone, and the handler
/// goes on in a task of its own; most need none, which would cost more than a request that has nothing to wait for.
struct ToItsEnd<F: Future<Output = Response> + Send + 'static> {
    /// There until the end.
    running: Option<(Pin<Box<F>>, OwnedSemaphorePermit)>,
}

impl<F: Future<Output = Response> + Send + 'static> Future for ToItsEnd<F> {
    type Output = Result<Response, Failure>;

    /// A panic is answered as one in a task is.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some((handler, _)) = &mut self.running else {
            return Poll::Pending;
        };
        let polled = catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context)));
        let answer = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => Ok(response),
            Err(_) => Err(Failure::Panicked),
        };
        self.running = None;
        Poll::Ready(answer)
    }
}

impl<F: Future<Output = Response> + Send + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        let (Some((handler, place)), Ok(runtime)) = (self.running.take(), Handle::try_current()) else {
            return;
        };
        let rest = async move {
            drop(handler.await);
            drop(place);
        };
        runtime.spawn(RequestContext::carry(rest).in_current_span());
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use axum::{Router, body::Body, middleware::from_fn_with_state, routing};
    use bytes::Bytes;
    use futures_util::poll;
    use http::{Method, StatusCode};
    use tokio::{
        sync::{mpsc, oneshot},
        time::timeout,
    };
    use tower::ServiceExt;
    use wicketgate_identity::MemoryStore;
    use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

    use super::*;
    use crate::options::RequestLimits;

    const REQUEST: &str = "7f";

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
                assert_eq!(RequestContext::current().unwrap().id, REQUEST);
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
            let context = RequestContext {
                id: REQUEST.to_owned(),
                client: None,
            };
            let answer = Arc::new(context).scope(self.router.clone().oneshot(request));
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
    async fn a_request_that_waits_for_nothing_takes_no_task_and_may_panic() {
        let identity = World::new(1).identity;
        let task = tokio::task::try_id();
        let router = Router::new()
            .route("/", routing::get(async move || assert_eq!(tokio::task::try_id(), task)))
            .route("/panic", routing::get(async || -> () { panic!("at once") }))
            .route_layer(from_fn_with_state(identity.clone(), run_to_end));
        for (path, status) in [
            ("/", StatusCode::OK),
            ("/panic", StatusCode::INTERNAL_SERVER_ERROR),
            ("/", StatusCode::OK),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            assert_eq!(router.clone().oneshot(request).await.unwrap().status(), status);
            assert_eq!(identity.running_requests(), 0);
        }
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
