//! Whether anybody still waits for the answer to what is being done.

use std::future::pending;

use tokio::sync::watch;

tokio::task_local! {
    static CALLER: watch::Receiver<()>;
}

/// Whoever waits for an answer. Once this is dropped, nobody does.
///
/// Work in a task of its own goes on without its caller. What of it is still in the queue for hashing is taken out then,
/// and fails with [`Error::Abandoned`](crate::error::Error::Abandoned): a password is hashed and what comes of it is counted, or
/// neither.
#[derive(Debug)]
pub struct Caller(watch::Sender<()>);

impl Caller {
    /// Somebody who waits.
    pub fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    /// The work, which knows for whom it is done.
    pub fn on_behalf<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CALLER.scope(self.0.subscribe(), work)
    }
}

impl Default for Caller {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns once nobody waits any more for the work that runs: never where it is not known for whom that is done.
pub(crate) async fn caller_gone() {
    match CALLER.try_with(Clone::clone) {
        Ok(mut caller) => while caller.changed().await.is_ok() {},
        Err(_) => pending().await,
    }
}
