//! An in-memory store.

mod accounts;
mod state;

use self::accounts::MemoryAccounts;
use super::{AccountStore, Stores};

/// Keeps accounts in memory until the process ends: for tests and for trying things out.
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
}
