//! The mail server that takes mail on.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{self, authentication::Credentials, client::Tls, response::Code},
};

use wicketgate_identity::EmailError;

use super::trust::{self, TrustError};
use crate::{
    secret_file,
    settings::{EmailSettings, SmtpTls, SmtpUrl},
};

/// How long the mail server may take to connect, and for each answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server that takes mail on (RFC 5321). Each mail gets a connection of its own: mail is rare.
#[derive(Debug)]
pub(super) struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// Why the settings lead to no mail server. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailServerError {
    #[error("cannot read `email.password_file` {path}: {source}")]
    PasswordFile { path: String, source: std::io::Error },
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl MailServer {
    pub(super) async fn new(url: &SmtpUrl, settings: &EmailSettings) -> Result<Self, MailServerError> {
        let encrypted = trust::parameters(url.host.clone(), settings.ca_file.as_deref());
        let tls = match url.tls {
            SmtpTls::None => Tls::None,
            SmtpTls::Opportunistic => Tls::Opportunistic(encrypted.await?),
            SmtpTls::Required => Tls::Required(encrypted.await?),
            SmtpTls::Wrapped => Tls::Wrapper(encrypted.await?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&url.host)
            .port(url.port)
            .timeout(Some(PATIENCE))
            .tls(tls);
        if let Some(credentials) = credentials(url, settings)? {
            builder = builder.credentials(credentials);
        }
        Ok(Self {
            transport: builder.build(),
        })
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), EmailError> {
        self.transport.send(message).await.map(drop).map_err(|error| {
            let reason = reason(&error);
            match is_hopeless(&error) {
                true => EmailError::permanent(reason),
                false => EmailError(reason.into()),
            }
        })
    }
}

/// Whether this message would be refused again. What a server says of the account that it is used with (535 and the like), or
/// of itself, an operator can mend.
fn is_hopeless(error: &smtp::Error) -> bool {
    let is_about_the_message = |code: Code| {
        let code: u16 = code.into();
        [501, 513].contains(&code) || (550..=556).contains(&code)
    };
    error.is_client() || (error.is_permanent() && error.status().is_some_and(is_about_the_message))
}

fn credentials(url: &SmtpUrl, settings: &EmailSettings) -> Result<Option<Credentials>, MailServerError> {
    if let Some((user, password)) = &url.credentials {
        return Ok(Some(Credentials::new(user.clone(), password.0.clone())));
    }
    let Some(user) = &settings.username else {
        return Ok(None);
    };
    let password = match (&settings.password, &settings.password_file) {
        (Some(password), _) => password.0.clone(),
        (None, Some(path)) => {
            let text = secret_file::read_text(path).map_err(|source| MailServerError::PasswordFile {
                path: path.display().to_string(),
                source,
            })?;
            text.as_str().to_owned()
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Credentials::new(user.clone(), password)))
}

/// What may be logged: of a server's answer the code alone, since its text may repeat the address.
fn reason(error: &smtp::Error) -> String {
    error
        .status()
        .map_or_else(|| error.to_string(), |code| format!("the mail server answered {code}"))
}
