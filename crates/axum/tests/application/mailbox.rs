//! Mails that an application sends.

use std::sync::Mutex;

use wicketgate_axum::{EmailError, EmailMessage, EmailSender, EmailText, async_trait};

/// Keeps the mails.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Vec<EmailMessage>>);

#[async_trait]
impl EmailSender for Mailbox {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.0.lock().unwrap().push(message);
        Ok(())
    }
}

impl Mailbox {
    /// The mails that came since the last call.
    pub(crate) fn take(&self) -> Vec<EmailMessage> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The same, which must be one with a link: that link.
    pub(crate) fn take_link(&self) -> String {
        let mails = self.take();
        let [
            EmailMessage {
                text: EmailText::ConfirmationLink(link),
                ..
            },
        ] = &mails[..]
        else {
            panic!("{mails:?}");
        };
        link.clone()
    }
}
