//! Whether the client is still waiting for the answer.

use std::future::pending;

use tokio::sync::watch;

tokio::task_local! {
    static CALLER: watch::Receiver<()>;
}

/// A client that waits for an answer. Once this is dropped, it no longer does.
///
/// Work in a task of its own continues without its caller. Only a password that is still waiting to be hashed is taken
/// out of the queue, and fails with [`Error::Abandoned`](crate::Error::Abandoned): either it is hashed and the result
/// counts, or neither.
#[derive(Debug)]
pub struct Caller(watch::Sender<()>);

impl Caller {
    /// A waiting client.
    pub fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    /// Runs the work on behalf of this caller.
    pub fn on_behalf<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CALLER.scope(self.0.subscribe(), work)
    }
}

impl Default for Caller {
    fn default() -> Self {
        Self::new()
    }
}

/// Completes once the caller of the current work is gone; never if it has no known caller.
pub(crate) async fn caller_gone() {
    match CALLER.try_with(Clone::clone) {
        Ok(mut caller) => while caller.changed().await.is_ok() {},
        Err(_) => pending().await,
    }
}
