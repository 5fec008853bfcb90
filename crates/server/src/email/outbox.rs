//! Takes mail at once, and sends it behind the answers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::Notify,
    task::{self, JoinError, JoinHandle, JoinSet},
    time::{self, Instant},
};
use wicketgate_identity::{EmailError, EmailMessage, EmailSender};

use super::{
    carrier_error::CarrierError,
    folder::MailFolder,
    message::{MessageForm, Undeliverable},
    queue::{MailQueue, QueueFull, QueuedMail},
};

/// How long to wait before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20)];
/// How long an attempt may take in all, whatever the mail server does.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(60);

/// Takes mail and answers at once, so that neither a slow mail server holds up an answer nor the time an answer takes
/// tells whether a mail was sent.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    shared: Arc<Shared>,
}

/// Sends what the [`Outbox`] took, over several connections.
#[derive(Debug)]
pub(crate) struct OutboxWorker {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    queue: MailQueue,
    is_closing: bool,
}

/// Who mail is handed to.
#[derive(Debug)]
pub(super) enum Carrier {
    #[cfg(feature = "smtp")]
    Server(super::smtp::MailServer),
    Folder(MailFolder),
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error(transparent)]
    Full(#[from] QueueFull),
    #[error("the server is stopping")]
    Stopping,
}

/// What came of an attempt.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Undeliverable(#[from] Undeliverable),
    #[error(transparent)]
    NotCarried(#[from] CarrierError),
    #[error("sending it took more than {} seconds", LONGEST_ATTEMPT.as_secs())]
    TooSlow,
    #[error("sending it panicked")]
    Panicked,
}

pub(super) fn start(carrier: Carrier, form: MessageForm, connections: usize) -> (Outbox, OutboxWorker) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            queue: MailQueue::new(connections),
            is_closing: false,
        }),
        changed: Notify::new(),
    });
    let worker = Worker {
        shared: Arc::clone(&shared),
        post: Arc::new((carrier, form)),
        attempts: JoinSet::new(),
        mails: HashMap::new(),
    };
    let task = tokio::spawn(worker.run());
    let outbox = Outbox {
        shared: Arc::clone(&shared),
    };
    (outbox, OutboxWorker { shared, task })
}

#[async_trait]
impl EmailSender for Outbox {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        let taken = {
            let mut state = self.shared.lock();
            if state.is_closing {
                Err(NotTaken::Stopping)
            } else {
                state.queue.push(message).map_err(NotTaken::Full)
            }
        };
        self.shared.changed.notify_one();
        taken.map_err(|error| EmailError(Box::new(error)))
    }
}

impl OutboxWorker {
    /// Takes no more mail, and waits until what was taken is sent or given up, but not beyond the deadline.
    pub(crate) async fn drain(mut self, deadline: Instant) {
        self.shared.lock().is_closing = true;
        self.shared.changed.notify_one();
        if time::timeout_at(deadline, &mut self.task).await.is_err() {
            self.task.abort();
            let mails = self.shared.lock().queue.len();
            if mails > 0 {
                tracing::error!(mails, "mail was still queued when the shutdown timeout ended");
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker {
    shared: Arc<Shared>,
    post: Arc<(Carrier, MessageForm)>,
    attempts: JoinSet<Result<(), Failure>>,
    /// What each attempt is about.
    mails: HashMap<task::Id, QueuedMail>,
}

impl Worker {
    async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            let next_due = {
                let mut state = shared.lock();
                while let Some(mail) = state.queue.next(Instant::now()) {
                    self.start(mail);
                }
                if state.is_closing && state.queue.len() == 0 {
                    return;
                }
                state.queue.next_due()
            };
            let due = async {
                match next_due {
                    Some(due) => time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = shared.changed.notified() => {}
                () = due => {}
                Some(ended) = self.attempts.join_next_with_id() => self.end(ended),
            }
        }
    }

    fn start(&mut self, mail: QueuedMail) {
        let attempt = attempt(Arc::clone(&mail.mail), Arc::clone(&self.post));
        let task = self.attempts.spawn(attempt);
        self.mails.insert(task.id(), mail);
    }

    /// Tries a few times, then gives up. Logs never name the address.
    fn end(&mut self, ended: Result<(task::Id, Result<(), Failure>), JoinError>) {
        let (id, result) = ended.unwrap_or_else(|error| (error.id(), Err(Failure::Panicked)));
        let Some(mail) = self.mails.remove(&id) else { return };
        let user = &mail.mail.user;
        let pause = PAUSES.get(mail.attempts).copied();
        let mut state = self.shared.lock();
        match (result, pause) {
            (Ok(()), _) => tracing::debug!(%user, "mail sent"),
            (Err(reason @ (Failure::TooSlow | Failure::NotCarried(CarrierError::Transient(_)))), Some(pause)) => {
                tracing::warn!(%user, %reason, ?pause, "mail not sent, will retry");
                return state.queue.try_later(mail, Instant::now() + pause);
            }
            (Err(Failure::Undeliverable(reason)), _) => tracing::warn!(%user, %reason, "mail dropped"),
            (Err(reason), _) => tracing::error!(%user, %reason, "mail dropped"),
        }
        state.queue.done(&mail);
    }
}

async fn attempt(mail: Arc<EmailMessage>, post: Arc<(Carrier, MessageForm)>) -> Result<(), Failure> {
    let (carrier, form) = &*post;
    let message = form.message(&mail)?;
    let carried = async {
        match carrier {
            #[cfg(feature = "smtp")]
            Carrier::Server(server) => server.send(message).await,
            Carrier::Folder(folder) => folder
                .write(&form.unique_name(), message.formatted())
                .await
                .map_err(|error| CarrierError::Transient(error.to_string())),
        }
    };
    let carried = time::timeout(LONGEST_ATTEMPT, carried).await;
    Ok(carried.map_err(|_| Failure::TooSlow)??)
}
