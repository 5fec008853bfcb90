//! Mail on its way to the application's sender.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, time::timeout};
use wicketgate_identity::{EmailMessage, EmailSender, UserId};

/// How many mails may wait.
const MOST_MAILS: u32 = 1_000;
/// How many are sent at once.
const MOST_AT_A_TIME: usize = 16;
const LONGEST: Duration = Duration::from_secs(60);

/// Where mail goes.
#[derive(Debug)]
pub(crate) enum OutgoingMail {
    /// Nowhere: mails are dropped (.NET's `NoOpEmailSender`).
    Nobody,
    /// To a sender that only stores them: answers wait for it.
    Queue(Arc<dyn EmailSender>),
    /// To a sender that may be slow. No answer waits for it, since the time of the answer would reveal whether the account
    /// exists.
    BehindAnswers(Sender),
}

#[derive(Debug)]
pub(crate) struct Sender {
    sender: Arc<dyn EmailSender>,
    /// A permit for each mail that may wait.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    /// How long the sender may take for one mail.
    longest: Duration,
}

impl OutgoingMail {
    pub(crate) fn behind_answers(sender: Arc<dyn EmailSender>) -> Self {
        Self::BehindAnswers(Sender::new(sender, LONGEST))
    }

    /// Sends a mail. If that fails, it is logged, and the answer is the same, so that it does not reveal whether an account
    /// exists; users can ask again with `POST /resendConfirmationEmail`.
    pub(crate) async fn send(&self, message: EmailMessage) {
        match self {
            Self::Nobody => {
                tracing::warn!(user = %message.user, "a mail was dropped: no e-mail sender is configured");
            }
            Self::Queue(queue) => send(&**queue, message).await,
            Self::BehindAnswers(sender) => sender.take(message),
        }
    }

    /// Waits until every mail so far has been sent or has failed.
    pub(crate) async fn finish(&self) {
        if let Self::BehindAnswers(sender) = self {
            // Nobody closes it.
            drop(sender.places.acquire_many(MOST_MAILS).await);
        }
    }
}

impl Sender {
    fn new(sender: Arc<dyn EmailSender>, longest: Duration) -> Self {
        Self {
            sender,
            places: Arc::new(Semaphore::new(MOST_MAILS as usize)),
            turns: Arc::new(Semaphore::new(MOST_AT_A_TIME)),
            longest,
        }
    }

    fn take(&self, message: EmailMessage) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return tracing::error!(user = %message.user, "a mail was dropped: too many are waiting for the sender");
        };
        let (sender, turns, longest) = (Arc::clone(&self.sender), Arc::clone(&self.turns), self.longest);
        tokio::spawn(async move {
            let _turn = turns.acquire().await;
            let user = message.user.clone();
            if timeout(longest, send(&*sender, message)).await.is_err() {
                not_sent(
                    &user,
                    format!("the sender took more than {} seconds", longest.as_secs()),
                );
            }
            drop(place);
        });
    }
}

async fn send(sender: &dyn EmailSender, message: EmailMessage) {
    let user = message.user.clone();
    if let Err(error) = sender.send(message).await {
        not_sent(&user, error);
    }
}

fn not_sent(user: &UserId, error: impl std::fmt::Display) {
    tracing::error!(%user, %error, "a mail could not be sent");
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use async_trait::async_trait;
    use wicketgate_identity::{EmailError, EmailText};

    use super::*;

    #[derive(Debug, Default)]
    struct NeverReturns(AtomicUsize);

    #[async_trait]
    impl EmailSender for NeverReturns {
        async fn send(&self, _: EmailMessage) -> Result<(), EmailError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            pending().await
        }
    }

    fn mail() -> EmailMessage {
        EmailMessage {
            user: UserId::from_stored("id"),
            to: "ada@example.test".to_owned(),
            text: EmailText::PasswordResetCode("code".to_owned()),
        }
    }

    #[tokio::test]
    async fn a_sender_that_never_returns_holds_a_few_mails_at_a_time() {
        let sender = Arc::new(NeverReturns::default());
        let outgoing = OutgoingMail::behind_answers(sender.clone());
        for _ in 0..MOST_MAILS + 10 {
            outgoing.send(mail()).await;
        }
        while sender.0.load(Ordering::Relaxed) < MOST_AT_A_TIME {
            tokio::task::yield_now().await;
        }
        assert_eq!(sender.0.load(Ordering::Relaxed), MOST_AT_A_TIME);
    }

    #[tokio::test]
    async fn a_sender_that_never_returns_is_given_up_and_the_next_mails_get_their_turn() {
        let sender = Arc::new(NeverReturns::default());
        let outgoing = OutgoingMail::BehindAnswers(Sender::new(sender.clone(), Duration::from_millis(1)));
        for _ in 0..3 * MOST_AT_A_TIME {
            outgoing.send(mail()).await;
        }
        outgoing.finish().await;
        assert_eq!(sender.0.load(Ordering::Relaxed), 3 * MOST_AT_A_TIME);
    }
}
