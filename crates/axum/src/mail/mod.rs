//! Mails to accounts, and how they are sent.

mod account_mail;
mod outgoing;

pub(crate) use account_mail::{Confirmation, mail_link, mail_password_reset_code};
pub(crate) use outgoing::OutgoingMail;
