//! Mail on its way out: to a mail server, or into a folder.

mod carrier;
mod folder;
mod message;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "smtp")]
mod trust;

use std::sync::Arc;

use tokio::time::Instant;
use wicketgate_axum::{Identity, IdentityBuilder};
use wicketgate_identity::EmailSender;
use wicketgate_identity::mail::MailWorkerOptions;
use wicketgate_protection::{Clock, Random};

use self::{
    carrier::{Carrier, Goal},
    folder::MailFolder,
    message::MessageForm,
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
pub(crate) struct Mail {
    sender: Arc<dyn EmailSender>,
    options: MailWorkerOptions,
    /// For the log.
    place: String,
}

impl Mail {
    /// Mail to `own`, or else to where the settings say.
    pub(crate) async fn start(
        settings: &Settings,
        own: Option<Arc<dyn EmailSender>>,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
    ) -> Result<Self, EmailStartError> {
        let settings = &settings.email;
        let options = MailWorkerOptions {
            connections: settings.max_connections,
            retry_for: settings.retry_for,
        };
        if let Some(sender) = own {
            return Ok(Self {
                sender,
                options,
                place: "the application's own sender".to_owned(),
            });
        }
        let (goal, place) = match &settings.smtp_url {
            #[cfg(feature = "smtp")]
            Some(url) => (
                Goal::Server(smtp::MailServer::new(&url.0, settings).await?),
                format!("{}:{}", url.0.host, url.0.port),
            ),
            _ => (
                Goal::Folder(MailFolder::open(&settings.directory).await?),
                format!("folder {}", settings.directory.display()),
            ),
        };
        let form = MessageForm::new(
            settings.from.clone(),
            settings.texts,
            Arc::clone(clock),
            Arc::clone(random),
        );
        Ok(Self {
            sender: Arc::new(Carrier { form, goal }),
            options,
            place,
        })
    }

    /// An Identity API whose mail goes this way.
    pub(crate) fn take_from(&self, builder: IdentityBuilder) -> IdentityBuilder {
        builder.email(Arc::clone(&self.sender)).email_options(self.options)
    }

    /// Waits for the mails that are being sent, but not beyond the deadline.
    pub(crate) async fn finish(self, identity: Option<&Identity>, deadline: Instant) {
        if let Some(identity) = identity {
            identity.stop_mail(deadline).await;
        }
    }

    /// For the log.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }
}

/// Warns that mails are in memory, where the database has no table for them.
pub(crate) fn warn_of_lost_mails(identity: &Identity) {
    if !identity.accounts().mails().are_in_stores() {
        tracing::warn!(
            "mails wait in memory and are lost when this process is killed: the database has no table for them; run \
             `wicketgate migrate`"
        );
    }
}
