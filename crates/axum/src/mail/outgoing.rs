//! Mail on its way to the application's sender.

use std::sync::{Arc, OnceLock};

use tokio::{runtime::Handle, time::Instant};
use wicketgate_identity::account::{NewAccount, RegistrationMail};
use wicketgate_identity::mail::{MailWorker, MailWorkerOptions};
use wicketgate_identity::{Accounts, EmailMessage, EmailSender, Error, IdentityResult, User};

/// Where mail goes.
#[derive(Debug)]
pub(crate) enum OutgoingMail {
    /// Nowhere: mails are dropped (.NET's `NoOpEmailSender`).
    Nobody,
    /// To a sender that only stores them: answers wait for it.
    Queue(Arc<dyn EmailSender>),
    /// Into the accounts' [`Mails`](wicketgate_identity::mail::Mails), from where a worker sends it. No answer waits for the
    /// sender, since the time of the answer would reveal whether the account exists.
    BehindAnswers(Outbox),
}

/// A sender that may be slow, and the worker that hands it the mails.
#[derive(Debug)]
pub(crate) struct Outbox {
    sender: Arc<dyn EmailSender>,
    pub(crate) options: MailWorkerOptions,
    worker: OnceLock<MailWorker>,
}

impl OutgoingMail {
    pub(crate) fn behind_answers(sender: Arc<dyn EmailSender>) -> Self {
        Self::BehindAnswers(Outbox {
            sender,
            options: MailWorkerOptions::default(),
            worker: OnceLock::new(),
        })
    }

    /// Starts the worker, if there is a runtime for it by now.
    pub(crate) fn start(&self, accounts: &Accounts) -> Option<&MailWorker> {
        let Self::BehindAnswers(outbox) = self else { return None };
        if outbox.worker.get().is_none() && Handle::try_current().is_err() {
            return None;
        }
        let start = || MailWorker::start(accounts.mails().clone(), Arc::clone(&outbox.sender), outbox.options);
        Some(outbox.worker.get_or_init(start))
    }

    /// Creates an account together with a mail to its user, in one transaction if the stores can do that.
    pub(crate) async fn create(
        &self,
        accounts: &Accounts,
        account: NewAccount,
        mail: &dyn RegistrationMail,
    ) -> Result<IdentityResult<User>, Error> {
        if self.start(accounts).is_some() {
            return accounts.create(account, Some(mail)).await;
        }
        let message = mail.message(account.user()).await?;
        let planned_id = account.user().id.clone();
        let created = accounts.create(account, None).await?;
        if let (Ok(user), Some(message)) = (&created, message) {
            let message = match user.id == planned_id {
                true => Some(message),
                false => mail.message(user).await?,
            };
            if let Some(message) = message {
                self.send(accounts, message).await?;
            }
        }
        Ok(created)
    }

    /// Sends a mail, or puts it where it is sent from. If a sender fails, it is logged, and the answer is the same, so that it
    /// does not reveal whether an account exists; users can ask again with `POST /resendConfirmationEmail`. A database that
    /// fails, fails for all accounts.
    pub(crate) async fn send(&self, accounts: &Accounts, message: EmailMessage) -> Result<(), Error> {
        match self {
            Self::Nobody => {
                tracing::warn!(user = %message.user, "a mail was dropped: no e-mail sender is configured");
            }
            Self::Queue(queue) => {
                let user = message.user.clone();
                if let Err(error) = queue.send(message).await {
                    tracing::error!(%user, %error, "a mail could not be sent");
                }
            }
            Self::BehindAnswers(_) => {
                self.start(accounts);
                accounts.mails().add(&message).await?;
            }
        }
        Ok(())
    }

    /// Takes as long as [`send`](Self::send), for an address that gets no mail. Except with [`Queue`](Self::Queue): nothing
    /// can be handed to an application's own queue for nobody, so there the time of an answer tells who gets a mail.
    pub(crate) async fn send_nothing(&self, accounts: &Accounts, address: &str) -> Result<(), Error> {
        if self.start(accounts).is_some() {
            accounts.mails().add_decoy(address).await?;
        }
        Ok(())
    }

    /// Waits until every mail so far has been tried.
    pub(crate) async fn finish(&self, accounts: &Accounts) {
        if let Some(worker) = self.start(accounts) {
            worker.finish().await;
        }
    }

    /// Waits for the mails on their way, but not beyond the deadline. None is sent afterwards.
    pub(crate) async fn stop(&self, deadline: Instant) {
        if let Self::BehindAnswers(outbox) = self
            && let Some(worker) = outbox.worker.get()
        {
            worker.stop(deadline).await;
        }
    }
}
