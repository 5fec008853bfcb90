//! A mail to a user, and the trait for sending it.

use std::{
    fmt::{self, Debug},
    sync::Arc,
};

use async_trait::async_trait;

use super::text::EmailText;
use crate::account::UserId;

/// A mail to a user. `Debug` leaves out the address, since it may end up in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// The account it is about.
    pub user: UserId,
    /// The address it goes to.
    pub to: String,
    /// Its content.
    pub text: EmailText,
}

/// The mail was not accepted.
#[derive(Debug, thiserror::Error)]
#[error("mail was not accepted: {0}")]
pub struct EmailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl EmailError {
    /// A failure that another attempt would end in again, such as an address that no mail reaches. Mail that failed
    /// otherwise is tried again.
    pub fn permanent(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Box::new(Permanent(reason.into())))
    }

    /// Whether another attempt would end the same way.
    pub fn is_permanent(&self) -> bool {
        self.0.is::<Permanent>()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Permanent(Box<dyn std::error::Error + Send + Sync>);

/// Sends mail (.NET's `IEmailSender<TUser>`).
#[async_trait]
pub trait EmailSender: Debug + Send + Sync + 'static {
    /// Sends the message, or hands it to something that will. `Ok` means that nobody needs to send it again.
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError>;
}

#[async_trait]
impl<S: EmailSender + ?Sized> EmailSender for Arc<S> {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        (**self).send(message).await
    }
}

impl Debug for EmailMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailMessage")
            .field("user", &self.user)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_links_and_codes_are_not_printed() {
        for text in [
            EmailText::ConfirmationLink("secret".to_owned()),
            EmailText::PasswordResetCode("secret".to_owned()),
        ] {
            let message = EmailMessage {
                user: UserId::from_stored("id"),
                to: "secret".to_owned(),
                text,
            };
            assert!(!format!("{message:?}").contains("secret"));
        }
    }
}
