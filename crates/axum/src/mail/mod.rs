//! Mails to accounts, and how they are sent.

mod mailed_links;
mod outgoing;
mod owner_notices;

pub(crate) use mailed_links::{Confirmation, LinkMail, link_mail, password_reset_mail};
pub(crate) use outgoing::OutgoingMail;
