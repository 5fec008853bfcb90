use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use lettre::Message;
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
    time,
};
use wicketgate_identity::{EmailError, EmailMessage, EmailSender};

use super::{
    folder::MailFolder,
    message::MessageForm,
    smtp::{MailServer, SmtpError},
};

/// How many mails may wait.
const LENGTH: usize = 1_000;
/// How long to wait before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20)];

/// Takes mail and answers at once, so that neither a slow mail server holds up an answer nor the time an answer takes
/// tells whether a mail was sent.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    waiting: mpsc::Sender<EmailMessage>,
}

/// Carries what the [`Outbox`] took, one mail after the other, in the order it came.
#[derive(Debug)]
pub(crate) struct OutboxWorker {
    closing: Arc<Notify>,
    task: JoinHandle<()>,
}

/// Who mail is handed to.
#[derive(Debug)]
pub(super) enum Carrier {
    Server(MailServer),
    Folder(MailFolder),
}

/// The outbox is full: the mail server has been away for long.
#[derive(Debug, thiserror::Error)]
#[error("too many mails are waiting to be sent")]
struct Full;

#[async_trait]
impl EmailSender for Outbox {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.waiting.try_send(message).map_err(|_| EmailError(Box::new(Full)))
    }
}

impl OutboxWorker {
    /// Takes no more mail, and waits until what was taken is sent, at most this long.
    pub(crate) async fn drain(mut self, at_most: Duration) {
        self.closing.notify_one();
        if time::timeout(at_most, &mut self.task).await.is_err() {
            tracing::error!("mail was still waiting to be sent when the server had to stop");
            self.task.abort();
        }
    }
}

pub(super) fn start(carrier: Carrier, form: MessageForm) -> (Outbox, OutboxWorker) {
    let (waiting, receiver) = mpsc::channel(LENGTH);
    let closing = Arc::new(Notify::new());
    let task = tokio::spawn(work(receiver, Arc::clone(&closing), carrier, form));
    (Outbox { waiting }, OutboxWorker { closing, task })
}

async fn work(mut receiver: mpsc::Receiver<EmailMessage>, closing: Arc<Notify>, carrier: Carrier, form: MessageForm) {
    loop {
        let mail = tokio::select! {
            mail = receiver.recv() => mail,
            () = closing.notified() => {
                receiver.close();
                continue;
            }
        };
        let Some(mail) = mail else { return };
        deliver(&mail, &carrier, &form).await;
    }
}

/// Tries a few times, then gives up: what cannot be sent must not hold up the rest for ever. Logs never name the
/// address.
async fn deliver(mail: &EmailMessage, carrier: &Carrier, form: &MessageForm) {
    let message = match form.message(mail) {
        Ok(message) => message,
        Err(error) => return tracing::warn!(user = %mail.user, %error, "mail dropped"),
    };
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match carrier.carry(&message, form).await {
            Ok(()) => return tracing::debug!(user = %mail.user, "mail sent"),
            Err(error) => error,
        };
        match (error, pauses.next()) {
            (SmtpError::Transient(reason), Some(pause)) => {
                tracing::warn!(user = %mail.user, reason, pause = ?pause, "mail not sent yet");
                time::sleep(pause).await;
            }
            (SmtpError::Transient(reason) | SmtpError::Permanent(reason), _) => {
                return tracing::error!(user = %mail.user, reason, "mail dropped");
            }
        }
    }
}

impl Carrier {
    async fn carry(&self, message: &Message, form: &MessageForm) -> Result<(), SmtpError> {
        match self {
            Self::Server(server) => server.send(message.clone()).await,
            Self::Folder(folder) => folder
                .write(&form.unique_name(), &message.formatted())
                .await
                .map_err(|error| SmtpError::Transient(error.to_string())),
        }
    }
}
