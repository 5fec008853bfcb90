//! Where accounts are kept: a trait for each subject, what their steps answer, and what holds them together.

mod account_store;
mod deletion_store;
mod error;
mod event_log;
mod limit_store;
mod lockout;
mod mail_queue;
mod memory;
mod new_account_mail;
mod outcome;
mod passkey_store;
mod secret_store;
mod session_store;
mod stores;

pub use self::account_store::AccountStore;
pub use self::deletion_store::{DeletionOutcome, DeletionStore};
pub use self::error::StoreError;
pub use self::event_log::EventLog;
pub use self::limit_store::{Booked, LimitStore};
pub use self::lockout::{Attempt, AttemptChange, AttemptOutcome, AttemptState, RedeemOutcome, Settlement};
pub(crate) use self::lockout::{CLOSED, FOR_EVER};
pub use self::mail_queue::MailQueue;
pub(crate) use self::memory::MemoryMails;
pub use self::memory::MemoryStore;
pub use self::new_account_mail::NewAccountMail;
pub use self::outcome::{ChangeOutcome, CreateOutcome, UserClaims};
pub use self::passkey_store::{AddPasskeyOutcome, LastPasskey, PasskeyStore, PasskeyUse, RemovePasskeyOutcome};
pub use self::secret_store::SecretStore;
pub use self::session_store::{EndSessions, Presented, SessionStore};
pub use self::stores::{ConnectionCounts, IntoStores, Stores};
