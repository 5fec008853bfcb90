//! Mail on its way out: to a mail server, or into a folder.

mod folder;
mod message;
mod outbox;
mod queue;
mod smtp;
mod smtp_url;
mod trust;

use std::sync::Arc;

use lettre::message::Mailbox;
use wicketgate_protection::{Clock, Random};

pub(crate) use self::outbox::{Outbox, OutboxWorker};
pub use self::smtp_url::{SmtpTls, SmtpUrl, SmtpUrlError};
use self::{folder::MailFolder, message::MessageForm, outbox::Carrier, smtp::MailServer};
use crate::settings::EmailSettings;

/// Why mail could not even be prepared for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmailStartError {
    #[error("cannot read `email.password_file` {path}: {source}")]
    PasswordFile { path: String, source: std::io::Error },
    #[error("cannot write to the mail folder {path}: {source}")]
    Folder { path: String, source: std::io::Error },
    #[error("cannot prepare TLS for the mail server: {0}")]
    Tls(String),
    #[error("cannot read `email.ca_file` {path}: {source}")]
    CaFile { path: String, source: std::io::Error },
    #[error("`email.ca_file` {path} has no certificate in PEM")]
    NoCa { path: String },
}

/// Starts the worker that carries mail where the settings say; what the outbox takes is in its hands.
pub(crate) async fn start(
    settings: &EmailSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<(Outbox, OutboxWorker), EmailStartError> {
    let carrier = match &settings.smtp_url {
        Some(url) => Carrier::Server(MailServer::new(&url.0, settings).await?),
        None => Carrier::Folder(MailFolder::open(&settings.directory).await?),
    };
    Ok(outbox::start(
        carrier,
        MessageForm::new(settings.from.clone(), clock, random),
        settings.max_connections,
    ))
}

/// Who mail comes from, as in `Accounts <accounts@example.com>`.
pub(crate) type Sender = Mailbox;
