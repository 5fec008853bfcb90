//! Mail to users: what it says, who sends it, and how it waits until it is sent.

mod mails;
mod notice;
mod payload;
mod queued;
mod sender;
mod text;
mod worker;

pub use self::mails::{Mails, ReprotectStep};
pub use self::notice::AccountNotice;
pub use self::queued::{LeasedMail, MailCounts, ProtectedMail, QueuedMail, WaitingMail};
pub use self::sender::{EmailError, EmailMessage, EmailSender};
pub use self::text::{EmailText, EmailTexts};
pub use self::worker::{MailWorker, MailWorkerOptions};
