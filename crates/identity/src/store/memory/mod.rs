//! An in-memory store.

mod accounts;
mod deletions;
mod mails;
mod passkeys;
mod secrets;
mod sessions;
mod state;

use self::accounts::MemoryAccounts;
pub(crate) use self::mails::MemoryMails;
use super::{AccountStore, DeletionStore, MailQueue, PasskeyStore, SecretStore, SessionStore, Stores};

/// Keeps accounts, passkeys, sessions, mails that wait to be sent and one-time secrets in memory until the process ends: for tests
/// and for trying things out.
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

    fn secrets(&self) -> Option<&dyn SecretStore> {
        Some(&self.accounts.secrets)
    }

    fn sessions(&self) -> Option<&dyn SessionStore> {
        Some(&self.accounts)
    }

    fn passkeys(&self) -> Option<&dyn PasskeyStore> {
        Some(&self.accounts)
    }

    fn deletions(&self) -> Option<&dyn DeletionStore> {
        Some(&self.accounts)
    }
}
