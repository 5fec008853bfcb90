//! Whether the client is still waiting for the answer.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

tokio::task_local! {
    static CALLER: Arc<Wait>;
}

/// Somebody's wait for an answer.
#[derive(Debug, Default)]
struct Wait {
    has_ended: AtomicBool,
    end: Notify,
}

/// A client that waits for an answer. Once this is dropped, it no longer does.
///
/// Work in a task of its own continues without its caller. Only a password that is still waiting to be hashed is taken
/// out of the queue, and fails with [`Error::Abandoned`](crate::Error::Abandoned): either it is hashed and the result
/// counts, or neither.
#[derive(Debug)]
pub struct Caller(Arc<Wait>);

impl Caller {
    /// A waiting client.
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// Runs the work on behalf of this caller.
    pub fn on_behalf<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CALLER.scope(Arc::clone(&self.0), work)
    }
}

impl Default for Caller {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.0.has_ended.store(true, Ordering::Release);
        self.0.end.notify_waiters();
    }
}

/// Completes once the caller of the current work is gone; never if it has no known caller.
pub(crate) async fn caller_gone() {
    match CALLER.try_with(Arc::clone) {
        Ok(wait) => {
            // Hears of every end that comes after this line.
            let end = wait.end.notified();
            if !wait.has_ended.load(Ordering::Acquire) {
                end.await;
            }
        }
        Err(_) => pending().await,
    }
}
