//! Once its body has been read, a request that may change something runs to its end, even if the client disconnects: it takes
//! effect completely or not at all.
//!
//! Until then it has no effect, and disconnecting cancels it. From then on it runs in a task of its own, unless it is done at
//! once.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use http::Method;
use tracing::Instrument;
use wicketgate_identity::request::{Caller, RequestContext};

use super::{Endpoint, watched_body::watch_body};
use crate::{Identity, answer::Failure};

/// A middleware around each of the endpoints.
pub(crate) async fn run_to_end(
    State(identity): State<Identity>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let changes_nothing = changes_nothing(&request);
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
    // A task would cost more than what has nothing to wait for.
    if let Poll::Ready(response) = poll_once(handler.as_mut()).await? {
        return Ok(response);
    }
    if changes_nothing {
        return AssertUnwindSafe(handler)
            .catch_unwind()
            .await
            .map_err(|_| Failure::Panicked);
    }
    let task = async move {
        let response = handler.await;
        drop(place);
        response
    };
    tokio::spawn(RequestContext::carry(task).in_current_span())
        .await
        .map_err(|_| Failure::Panicked)
}

/// Whether it has no effect that could be cut off. The link in a mail is the one `GET` that has.
fn changes_nothing(request: &Request) -> bool {
    let endpoint = request.extensions().get::<MatchedPath>();
    request.method() == Method::GET
        && endpoint.is_some_and(|path| !path.as_str().ends_with(Endpoint::ConfirmEmail.path()))
}

/// Polls a handler once. A panic is answered as one in a task is.
async fn poll_once(mut handler: Pin<&mut (impl Future<Output = Response> + Send)>) -> Result<Poll<Response>, Failure> {
    poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context)));
        Poll::Ready(polled.map_err(|_| Failure::Panicked))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use axum::{Router, body::Body, middleware::from_fn_with_state, routing};
    use bytes::Bytes;
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
                .route("/", routing::post(handler.clone()).get(handler.clone()))
                .route("/confirmEmail", routing::get(handler))
                .route_layer(from_fn_with_state(identity.clone(), run_to_end));
            Self {
                identity,
                router,
                begun,
                done,
            }
        }

        fn send(&self, method: Method, body: Body) -> Pin<Box<impl Future<Output = StatusCode> + use<>>> {
            let path = if method == Method::GET { "/confirmEmail" } else { "/" };
            let request = Request::builder().method(method).uri(path).body(body).unwrap();
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
    async fn a_request_that_changes_nothing_ends_with_its_client() {
        let mut world = World::new(1);
        let request = Request::get("/").body(Body::empty()).unwrap();
        let mut answer = Box::pin(world.router.clone().oneshot(request));
        assert!(poll!(&mut answer).is_pending());
        let go_on = world.begun.recv().await.unwrap();
        drop(answer);
        assert!(go_on.is_closed());
        assert_eq!(world.identity.running_requests(), 0);
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
