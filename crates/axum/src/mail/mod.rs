//! Mails to accounts, and how they are sent.

mod mailed_links;
mod outgoing;

pub(crate) use mailed_links::{Confirmation, mail_link, mail_password_reset_code};
pub(crate) use outgoing::OutgoingMail;
