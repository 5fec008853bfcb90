//! Hands a mail to the mail server, or puts it into the folder.

use async_trait::async_trait;
use wicketgate_identity::{EmailError, EmailMessage, EmailSender};

use super::{folder::MailFolder, message::MessageForm};

/// What takes mail on.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) form: MessageForm,
    pub(super) goal: Goal,
}

/// Where mail goes.
#[derive(Debug)]
pub(super) enum Goal {
    #[cfg(feature = "smtp")]
    Server(super::smtp::MailServer),
    Folder(MailFolder),
}

#[async_trait]
impl EmailSender for Carrier {
    async fn send(&self, mail: EmailMessage) -> Result<(), EmailError> {
        let message = self.form.message(&mail).map_err(EmailError::permanent)?;
        match &self.goal {
            #[cfg(feature = "smtp")]
            Goal::Server(server) => server.send(message).await,
            Goal::Folder(folder) => folder
                .write(&self.form.unique_name(), message.formatted())
                .await
                .map_err(|error| EmailError(error.into())),
        }
    }
}
