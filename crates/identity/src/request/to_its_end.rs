//! Work that goes on when nobody waits for it any more.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tracing::Instrument;

use super::RequestContext;

/// Work that was begun and is not to be cut off: if this is dropped before its end, the rest goes on in a task of its own, for the
/// [same request](RequestContext). Most work needs none, which would cost more than work that has nothing to wait for.
///
/// A statement that is cut off in the middle of its answer costs most databases the connection.
#[must_use = "nothing is done before it is polled or dropped"]
#[derive(Debug)]
pub struct ToItsEnd<F>
where
    F: Future<Output: Send> + Unpin + Send + 'static,
{
    /// There until the end.
    work: Option<F>,
}

impl<F> ToItsEnd<F>
where
    F: Future<Output: Send> + Unpin + Send + 'static,
{
    /// This work, which is in a box or may be moved anyway.
    pub fn new(work: F) -> Self {
        Self { work: Some(work) }
    }
}

impl<F> Future for ToItsEnd<F>
where
    F: Future<Output: Send> + Unpin + Send + 'static,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Work that panics does not come back, and is not begun again by the drop.
        let Some(mut work) = self.work.take() else {
            return Poll::Pending;
        };
        let polled = Pin::new(&mut work).poll(context);
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }
}

impl<F> Drop for ToItsEnd<F>
where
    F: Future<Output: Send> + Unpin + Send + 'static,
{
    fn drop(&mut self) {
        let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) else {
            return;
        };
        let rest = async move { drop(work.await) };
        runtime.spawn(RequestContext::carry(rest).in_current_span());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::{mpsc, oneshot};
    use tokio::task;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn work_that_nobody_waits_for_goes_on_for_the_same_request() {
        let (go_on, gate) = oneshot::channel::<()>();
        let (end, mut ended) = mpsc::unbounded_channel();
        let work = async move {
            gate.await.unwrap();
            end.send(RequestContext::current().map(|request| request.id.clone()))
                .unwrap();
        };
        let context = RequestContext {
            id: "7f".to_owned(),
            client: None,
        };
        let waiting = Arc::new(context).scope(ToItsEnd::new(Box::pin(work)));
        assert!(timeout(Duration::ZERO, waiting).await.is_err());
        assert!(ended.try_recv().is_err());
        go_on.send(()).unwrap();
        assert_eq!(ended.recv().await.unwrap().as_deref(), Some("7f"));
    }

    #[tokio::test]
    async fn work_that_ends_or_panics_at_once_takes_no_task() {
        let here = task::try_id();
        let work = async move { task::try_id() == here };
        assert!(ToItsEnd::new(Box::pin(work)).await);

        let (end, mut ended) = mpsc::unbounded_channel::<()>();
        let work = async move {
            let _end = end;
            panic!("at once");
        };
        let panicked = tokio::spawn(async { ToItsEnd::new(Box::pin(work)).await }).await;
        assert!(panicked.unwrap_err().is_panic());
        assert_eq!(ended.recv().await, None);
    }
}
