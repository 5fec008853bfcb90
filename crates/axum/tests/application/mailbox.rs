//! Mails that an application sends.

use std::sync::{Arc, Mutex};

use wicketgate_axum::{EmailError, EmailMessage, EmailSender, EmailText, Identity, IdentityBuilder, async_trait};

pub(crate) const PUBLIC_URL: &str = "https://accounts.example.test";

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

/// What the builder makes, with its mails in a mailbox and links that begin with [`PUBLIC_URL`].
pub(crate) fn with_mailbox(builder: IdentityBuilder) -> (Identity, Arc<Mailbox>) {
    let mailbox = Arc::new(Mailbox::default());
    let builder = builder
        .email_queue(mailbox.clone())
        .public_url(PUBLIC_URL.parse().unwrap());
    (builder.build().unwrap(), mailbox)
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
