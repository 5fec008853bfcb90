//! Mail on its way out: to a mail server, or into a folder.

mod carrier_error;
mod folder;
mod message;
mod outbox;
mod queue;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "smtp")]
mod trust;

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use wicketgate_axum::{Identity, IdentityBuilder};
use wicketgate_identity::EmailSender;
use wicketgate_protection::{Clock, Random};

use self::{
    folder::MailFolder,
    message::MessageForm,
    outbox::{Carrier, Outbox, OutboxWorker},
};
use crate::settings::Settings;

/// Why mail could not even be prepared for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmailStartError {
    #[error(transparent)]
    Folder(#[from] folder::MailFolderError),
    #[cfg(feature = "smtp")]
    #[error(transparent)]
    Server(#[from] smtp::MailServerError),
}

/// Where mail goes while the server runs.
#[derive(Debug)]
pub(crate) enum Mail {
    /// Into the outbox, from which the worker carries it where the settings say.
    Outbox(Outbox, OutboxWorker),
    /// To a sender of the application's own.
    Own(Arc<dyn EmailSender>),
}

impl Mail {
    /// Takes mail for `own`, or else for where the settings say.
    pub(crate) async fn start(
        settings: &Settings,
        own: Option<Arc<dyn EmailSender>>,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Result<Self, EmailStartError> {
        if let Some(own) = own {
            return Ok(Self::Own(own));
        }
        let settings = &settings.email;
        let carrier = match &settings.smtp_url {
            #[cfg(feature = "smtp")]
            Some(url) => Carrier::Server(smtp::MailServer::new(&url.0, settings).await?),
            _ => Carrier::Folder(MailFolder::open(&settings.directory).await?),
        };
        let form = MessageForm::new(settings.from.clone(), Arc::clone(clock), Arc::clone(random));
        let (outbox, worker) = outbox::start(carrier, form, settings.max_connections);
        Ok(Self::Outbox(outbox, worker))
    }

    /// An Identity API whose mail goes this way.
    pub(crate) fn take_from(&self, builder: IdentityBuilder) -> IdentityBuilder {
        match self {
            Self::Outbox(outbox, _) => builder.email_queue(outbox.clone()),
            Self::Own(sender) => builder.email(Arc::clone(sender)),
        }
    }

    /// Waits until what was taken is sent or given up, but not beyond the deadline.
    pub(crate) async fn finish(self, identity: Option<&Identity>, deadline: Instant) {
        match (self, identity) {
            (Self::Outbox(_, worker), _) => worker.drain(deadline).await,
            (Self::Own(_), Some(identity)) => {
                if timeout_at(deadline, identity.finish_mail()).await.is_err() {
                    tracing::error!("mail was still queued when the shutdown timeout ended");
                }
            }
            (Self::Own(_), None) => {}
        }
    }

    /// For the log.
    pub(crate) fn place(&self, settings: &Settings) -> String {
        match (self, &settings.email.smtp_url) {
            (Self::Own(_), _) => "the application's own sender".to_owned(),
            (Self::Outbox(..), Some(url)) => format!("{}:{}", url.0.host, url.0.port),
            (Self::Outbox(..), None) => format!("folder {}", settings.email.directory.display()),
        }
    }
}
