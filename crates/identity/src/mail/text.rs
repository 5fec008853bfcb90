//! What mails say, in ASP.NET Core's words.

use std::fmt::{self, Debug};

use crate::text::encode_html;

/// The content of a mail. [`subject`](Self::subject) and [`html`](Self::html) give ASP.NET Core's wording.
#[derive(Clone, PartialEq, Eq)]
pub enum EmailText {
    /// A link that confirms the address.
    ConfirmationLink(String),
    /// A code that resets the password.
    PasswordResetCode(String),
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
}
