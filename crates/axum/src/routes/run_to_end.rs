//! Once its body has been read, or dropped by a handler that reads none, a request runs to its end, even if the client disconnects:
//! it takes effect completely or not at all, and leaves no connection to a database in the middle of an answer.
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
use tokio::sync::OwnedSemaphorePermit;
use wicketgate_identity::request::{Caller, ToItsEnd};

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
    ToItsEnd::new(Running { handler, place }).await
}

/// A handler, and its place among those that run.
struct Running<F> {
    handler: Pin<Box<F>>,
    #[expect(dead_code, reason = "given back with the handler's end")]
    place: OwnedSemaphorePermit,
}

impl<F: Future<Output = Response>> Future for Running<F> {
    type Output = Result<Response, Failure>;

    /// A panic is answered as one in a task is.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let handler = self.handler.as_mut();
        let polled = catch_unwind(AssertUnwindSafe(|| handler.poll(context)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(_) => Poll::Ready(Err(Failure::Panicked)),
        }
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
    use wicketgate_identity::{MemoryStore, request::RequestContext};
    use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

    use super::*;
    use crate::options::RequestLimits;

    const REQUEST: &str = "7f";
    const NO_BODY: &str = "none that was read";

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
                .route("/", routing::post(handler.clone()).get(handler.clone()))
                .route("/", routing::delete(move || handler(NO_BODY.to_owned())))
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

    /// Such as one of a method that has none as a rule.
    #[tokio::test]
    async fn a_body_that_no_handler_reads_keeps_nothing_from_running_to_its_end() {
        let mut world = World::new(1);
        let endless = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let mut answer = world.send(Method::DELETE, endless);
        assert!(poll!(&mut answer).is_pending());
        assert_eq!(world.identity.running_requests(), 1);
        let go_on = world.begun.recv().await.unwrap();
        drop(answer);
        assert_eq!(world.identity.running_requests(), 1);
        go_on.send(()).unwrap();
        assert_eq!(world.done.recv().await.unwrap(), NO_BODY);
        world.identity.finish_requests().await;
    }

    #[tokio::test]
    async fn without_a_place_a_request_whose_body_nobody_reads_is_not_begun() {
        let mut world = World::new(1);
        let mut first = world.post("has the place");
        assert!(poll!(&mut first).is_pending());
        let go_on = world.begun.recv().await.unwrap();
        let refused = world.send(Method::DELETE, Body::from("?"));
        assert_eq!(refused.await, StatusCode::SERVICE_UNAVAILABLE);
        assert!(world.begun.try_recv().is_err());
        go_on.send(()).unwrap();
        assert_eq!(first.await, StatusCode::OK);
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
