//! Sends the mails that wait, over several connections, and tries again what was not sent.

mod attempt;
mod run;
#[cfg(test)]
mod tests;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as StdDuration;

use time::Duration;
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, timeout, timeout_at};
use uuid::Uuid;

use self::run::Run;
use super::{EmailSender, Mails};

/// How mails are sent.
#[derive(Debug, Clone, Copy)]
pub struct MailWorkerOptions {
    /// How many mails are sent at a time.
    pub connections: usize,
    /// For how long a mail is tried again before it is given up.
    pub retry_for: Duration,
}

impl Default for MailWorkerOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            retry_for: Duration::DAY,
        }
    }
}

/// Sends mails in the background until it is dropped or stopped. Any number of processes may have one for the same
/// stores: each mail is sent by one of them, under a lease that is longer than an attempt by minutes.
///
/// A mail goes out twice only if the mail server took it but its answer did not arrive in time, or if its sender ended, or
/// lost its database, between that answer and the removal of the mail.
#[derive(Debug)]
pub struct MailWorker {
    shared: Arc<Shared>,
    /// None once it was stopped.
    task: Mutex<Option<JoinHandle<()>>>,
    abort: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    mails: Mails,
    /// Whose mails these are.
    lease: Uuid,
    longest_attempt: StdDuration,
    is_stopping: AtomicBool,
    stop: Notify,
    progress: watch::Sender<Progress>,
}

/// How far the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Progress {
    /// How often it began to look for mails.
    looks: u64,
    /// Nothing that was due then is left.
    is_idle: bool,
}

/// How long an attempt may take in all, whatever the mail server does. Minutes shorter than a lease.
const LONGEST_ATTEMPT: StdDuration = StdDuration::from_secs(60);
/// How long the database may take for the last word of a worker that stops.
const LAST_WORD: StdDuration = StdDuration::from_secs(2);

impl MailWorker {
    /// Starts sending the mails in `mails` through `sender`. Needs a tokio runtime.
    pub fn start(mails: Mails, sender: Arc<dyn EmailSender>, options: MailWorkerOptions) -> Self {
        Self::start_with(mails, sender, options, LONGEST_ATTEMPT)
    }

    fn start_with(
        mails: Mails,
        sender: Arc<dyn EmailSender>,
        options: MailWorkerOptions,
        longest_attempt: StdDuration,
    ) -> Self {
        let shared = Arc::new(Shared {
            lease: mails.new_lease(),
            mails,
            longest_attempt,
            is_stopping: AtomicBool::new(false),
            stop: Notify::new(),
            progress: watch::Sender::default(),
        });
        let task = tokio::spawn(Run::new(Arc::clone(&shared), sender, options).run());
        Self {
            shared,
            abort: task.abort_handle(),
            task: Mutex::new(Some(task)),
        }
    }

    /// Waits until every mail that is due has been tried.
    pub async fn finish(&self) {
        let mut progress = self.shared.progress.subscribe();
        let looks = progress.borrow().looks;
        self.shared.mails.wake();
        // It ends with an error if the worker ended.
        let _ = progress
            .wait_for(|progress| progress.looks > looks && progress.is_idle)
            .await;
    }

    /// Waits for the mails that are being sent, but not beyond the deadline. The others stay where they are, for another
    /// process or the next start; from a queue that ends with the process, they are sent first.
    pub async fn stop(&self, deadline: Instant) {
        let Some(mut task) = self.task.lock().await.take() else {
            return;
        };
        self.shared.is_stopping.store(true, Ordering::Release);
        self.shared.stop.notify_one();
        let queue = self.shared.mails.queue();
        if timeout_at(deadline, &mut task).await.is_err() {
            // The attempts are aborted with it.
            task.abort();
            let _ = task.await;
        }
        let release = async {
            queue.release(self.shared.lease, self.shared.mails.now()).await?;
            queue.counts().await
        };
        match timeout(LAST_WORD, release).await {
            Ok(Ok(counts)) if counts.waiting == 0 => {}
            Ok(Ok(counts)) if queue.is_durable() => {
                tracing::info!(mails = counts.waiting, "mails stay in the database until they are sent");
            }
            Ok(Ok(counts)) => {
                tracing::error!(
                    mails = counts.waiting,
                    "mail was still queued when the shutdown timeout ended"
                );
            }
            Ok(Err(error)) => tracing::warn!(%error, "mails could not be left to others at once"),
            Err(_) => tracing::warn!("mails could not be left to others at once: the database does not answer"),
        }
    }
}

impl Drop for MailWorker {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
