//! Mail to users: what it says, and who sends it.

mod sender;
mod text;

pub use self::sender::{EmailError, EmailMessage, EmailSender};
pub use self::text::EmailText;
