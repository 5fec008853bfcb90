use std::fmt::Debug;

use async_trait::async_trait;

use crate::UserId;

/// A mail to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// Whose account it is about.
    pub user: UserId,
    /// The address it goes to.
    pub to: String,
    /// What it says.
    pub text: EmailText,
}

/// What a mail says; [`subject`](Self::subject) and [`html`](Self::html) word it as ASP.NET Core does.
#[derive(Clone, PartialEq, Eq)]
pub enum EmailText {
    /// Follow this link to confirm the address.
    ConfirmationLink(String),
    /// Send this code with a new password.
    PasswordResetCode(String),
}

/// The mail could not be handed over.
#[derive(Debug, thiserror::Error)]
#[error("mail was not accepted: {0}")]
pub struct EmailError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Takes mail on its way (.NET's `IEmailSender<TUser>`).
#[async_trait]
pub trait EmailSender: Debug + Send + Sync + 'static {
    /// Hands the message over. Returns once it is in safe hands.
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError>;
}

impl Debug for EmailText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ConfirmationLink(_) => "ConfirmationLink(…)",
            Self::PasswordResetCode(_) => "PasswordResetCode(…)",
        })
    }
}

impl EmailText {
    /// The subject line.
    pub fn subject(&self) -> &'static str {
        todo!()
    }
    /// The HTML body.
    pub fn html(&self) -> String {
        todo!()
    }
}
