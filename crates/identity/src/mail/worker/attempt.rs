//! One attempt to send a mail, and what follows from it.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use wicketgate_protection::UnprotectError;

use super::Shared;
use crate::account::UserId;
use crate::mail::{EmailError, EmailSender, LeasedMail, WaitingMail};

/// How long to wait before each further attempt; the last one again and again.
const PAUSES: [Duration; 9] = [
    Duration::seconds(1),
    Duration::seconds(5),
    Duration::seconds(20),
    Duration::minutes(1),
    Duration::minutes(2),
    Duration::minutes(5),
    Duration::minutes(10),
    Duration::minutes(20),
    Duration::minutes(30),
];
/// For how long it is tried to remove a mail that was sent or dropped. By then it may have been sent again.
const LONGEST_REMOVAL: StdDuration = StdDuration::from_secs(300);

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("it cannot be opened: {0}")]
    Unreadable(UnprotectError),
    #[error("{}", .0.0)]
    NotAccepted(EmailError),
    #[error("sending it took more than {} seconds", .0.as_secs())]
    TooSlow(StdDuration),
    #[error("sending it panicked")]
    Panicked,
}

impl Failure {
    fn is_permanent(&self) -> bool {
        matches!(self, Self::NotAccepted(error) if error.is_permanent())
    }
}

/// Sends a mail that is under a lease.
pub(super) struct Attempt {
    pub(super) shared: Arc<Shared>,
    pub(super) sender: Arc<dyn EmailSender>,
    pub(super) retry_for: Duration,
    pub(super) waiting: WaitingMail,
    pub(super) leased: LeasedMail,
}

impl Attempt {
    /// Logs never name the address.
    pub(super) async fn make(self) {
        let (user, sent) = match self.shared.mails.open(&self.leased).await {
            Ok(message) => (message.user.clone(), self.send(message).await),
            Err(error) => (UserId::from_stored(""), Err(Failure::Unreadable(error))),
        };
        let (user, id) = (user.as_str(), self.waiting.id);
        let reason = match sent {
            Ok(()) => {
                // Before anything else: as long as it is there, it may be sent again.
                self.remove().await;
                return tracing::debug!(user, mail = %id, "mail sent");
            }
            Err(reason) => reason,
        };
        if reason.is_permanent() {
            tracing::warn!(user, mail = %id, %reason, "mail dropped");
            return self.remove().await;
        }
        let pause = pause(self.waiting.attempts);
        let due = self.shared.mails.now() + pause;
        if due > self.waiting.created.saturating_add(self.retry_for) {
            tracing::error!(user, mail = %id, %reason, "mail dropped: it was tried for long enough");
            return self.remove().await;
        }
        tracing::warn!(user, mail = %id, %reason, pause = %pause, "mail not sent, will retry");
        let attempts = self.waiting.attempts.saturating_add(1);
        let queue = self.shared.mails.queue();
        if let Err(error) = queue.try_later(id, self.shared.lease, attempts, due).await {
            // It is due again when the lease ends.
            tracing::warn!(mail = %id, %error, "it could not be written down when a mail is to be tried again");
        }
    }

    /// In a task of its own, so that a sender that panics fails this attempt alone.
    async fn send(&self, message: crate::mail::EmailMessage) -> Result<(), Failure> {
        let (sender, longest) = (Arc::clone(&self.sender), self.shared.longest_attempt);
        let mut task = JoinSet::new();
        task.spawn(async move { timeout(longest, sender.send(message)).await });
        match task.join_next().await {
            Some(Ok(Ok(sent))) => sent.map_err(Failure::NotAccepted),
            Some(Ok(Err(_))) => Err(Failure::TooSlow(longest)),
            Some(Err(_)) | None => Err(Failure::Panicked),
        }
    }

    /// Again and again while the database is away.
    async fn remove(&self) {
        let begin = Instant::now();
        let mut pause = StdDuration::from_millis(100);
        while let Err(error) = self.shared.mails.queue().remove(&[self.waiting.id]).await {
            if begin.elapsed() > LONGEST_REMOVAL {
                tracing::error!(mail = %self.waiting.id, %error, "a mail that was sent or dropped could not be removed: it will be tried again");
                return;
            }
            sleep(pause).await;
            pause = (2 * pause).min(StdDuration::from_secs(5));
        }
    }
}

fn pause(attempts: u32) -> Duration {
    let index = usize::try_from(attempts).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    PAUSES[index]
}
