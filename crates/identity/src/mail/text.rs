//! What mails say, in ASP.NET Core's words.

use std::fmt::{self, Debug};

use super::AccountNotice;
use crate::text::encode_html;

/// The content of a mail. [`subject`](Self::subject) and [`html`](Self::html) give ASP.NET Core 10's wording.
#[derive(Clone, PartialEq, Eq)]
pub enum EmailText {
    /// A link that confirms the address.
    ConfirmationLink(String),
    /// A code that resets the password.
    PasswordResetCode(String),
    /// What the owner of an account should know. (.NET has no such mails; the wording is Wicketgate's.)
    Notice(AccountNotice),
}

/// Whose wording mails have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmailTexts {
    /// That of ASP.NET Core up to 10.
    #[default]
    AspNetCore10,
    /// That of ASP.NET Core 11, which has a sentence more for who did not ask for the mail.
    AspNetCore11,
}

impl Debug for EmailText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConfirmationLink(_) => "ConfirmationLink(…)",
            Self::PasswordResetCode(_) => "PasswordResetCode(…)",
            Self::Notice(notice) => return write!(f, "Notice({notice:?})"),
        })
    }
}

impl EmailText {
    /// The subject line.
    pub fn subject(&self) -> &'static str {
        match self {
            Self::ConfirmationLink(_) => "Confirm your email",
            Self::PasswordResetCode(_) => "Reset your password",
            Self::Notice(notice) => notice.subject(),
        }
    }

    /// The HTML body in ASP.NET Core 10's wording, with the link or code escaped.
    pub fn html(&self) -> String {
        self.html_in(EmailTexts::AspNetCore10)
    }

    /// The HTML body in this wording.
    pub fn html_in(&self, texts: EmailTexts) -> String {
        let html = match self {
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
            Self::Notice(notice) => notice.html().to_owned(),
        };
        match (texts, self) {
            (EmailTexts::AspNetCore10, _) | (_, Self::Notice(_)) => html,
            (EmailTexts::AspNetCore11, Self::ConfirmationLink(_)) => {
                html + " If you didn't request this email confirmation, you can ignore this email."
            }
            (EmailTexts::AspNetCore11, Self::PasswordResetCode(_)) => {
                html + ". If you didn't request a password reset, you can ignore this email."
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
    fn who_did_not_ask_is_told_so_in_the_words_of_11() {
        for (text, html) in [
            (
                EmailText::ConfirmationLink("https://host/".to_owned()),
                "Please confirm your account by <a href='https://host/'>clicking here</a>. If you didn't request this email \
                 confirmation, you can ignore this email.",
            ),
            (
                EmailText::PasswordResetCode("Q2ZESjg_-".to_owned()),
                "Please reset your password using the following code: Q2ZESjg_-. If you didn't request a password reset, you \
                 can ignore this email.",
            ),
        ] {
            assert_eq!(text.html_in(EmailTexts::AspNetCore11), html);
        }
    }
}
