//! A store that lives as long as the process.

mod accounts;
mod state;

use self::accounts::MemoryAccounts;
use super::{AccountStore, Stores};

/// Keeps accounts as long as the process lives: for tests and for trying things out.
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
