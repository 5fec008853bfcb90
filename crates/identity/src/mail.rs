//! Mail to users, and the trait for sending it.

use std::{
    fmt::{self, Debug},
    sync::Arc,
};

use async_trait::async_trait;

use crate::account::UserId;
use crate::text::encode_html;

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

/// The content of a mail. [`subject`](Self::subject) and [`html`](Self::html) give ASP.NET Core's wording.
#[derive(Clone, PartialEq, Eq)]
pub enum EmailText {
    /// A link that confirms the address.
    ConfirmationLink(String),
    /// A code that resets the password.
    PasswordResetCode(String),
}

/// The mail was not accepted.
#[derive(Debug, thiserror::Error)]
#[error("mail was not accepted: {0}")]
pub struct EmailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends mail (.NET's `IEmailSender<TUser>`).
#[async_trait]
pub trait EmailSender: Debug + Send + Sync + 'static {
    /// Sends the message, or hands it to something that will.
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

impl Debug for EmailText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConfirmationLink(_) => "ConfirmationLink(…)",
            Self::PasswordResetCode(_) => "PasswordResetCode(…)",
        })
    }
}

impl EmailText {
    /// The subject line.
    pub fn subject(&self) -> &'static str {
        match self {
            Self::ConfirmationLink(_) => "Confirm your email",
            Self::PasswordResetCode(_) => "Reset your password",
        }
    }

    /// The HTML body, with the link or code escaped.
    pub fn html(&self) -> String {
        match self {
            Self::ConfirmationLink(link) => {
                format!(
                    "Please confirm your account by <a href='{}'>clicking here</a>.",
                    encode_html(link)
                )
            }
            Self::PasswordResetCode(code) => {
                format!(
                    "Please reset your password using the following code: {}",
                    encode_html(code)
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_encoded_for_html() {
        let text = EmailText::ConfirmationLink("https://host/confirmEmail?userId=1&code=a'b+c".to_owned());
        assert_eq!(text.subject(), "Confirm your email");
        assert_eq!(
            text.html(),
            "Please confirm your account by \
             <a href='https://host/confirmEmail?userId=1&amp;code=a&#x27;b&#x2B;c'>clicking here</a>."
        );
    }

    #[test]
    fn a_code_is_given_as_text() {
        let text = EmailText::PasswordResetCode("Q2ZESjg_-".to_owned());
        assert_eq!(text.subject(), "Reset your password");
        assert_eq!(
            text.html(),
            "Please reset your password using the following code: Q2ZESjg_-"
        );
    }

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
