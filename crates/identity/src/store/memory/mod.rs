//! An in-memory store.

mod accounts;
mod mails;
mod state;

use self::accounts::MemoryAccounts;
pub(crate) use self::mails::MemoryMails;
use super::{AccountStore, MailQueue, Stores};

/// Keeps accounts, and mails that wait to be sent, in memory until the process ends: for tests and for trying things out.
#[derive(Debug, Default)]
pub struct MemoryStore {
    accounts: MemoryAccounts,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Stores for MemoryStore {
    fn accounts(&self) -> &dyn AccountStore {
        &self.accounts
    }

    fn mails(&self) -> Option<&dyn MailQueue> {
        Some(&self.accounts.mails)
    }
}
