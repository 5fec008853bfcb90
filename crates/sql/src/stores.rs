//! What is kept in a database.

use std::sync::Arc;

use wicketgate_identity::AccountStore;

use crate::schema::own::tables::OwnTables;

/// The stores in a database, over one pool of connections.
#[derive(Debug, Clone)]
pub struct Stores {
    accounts: Arc<dyn AccountStore>,
    own_tables: OwnTables,
}

impl Stores {
    pub(crate) fn new(accounts: Arc<dyn AccountStore>, own_tables: OwnTables) -> Self {
        Self { accounts, own_tables }
    }

    /// Accounts, in Identity's tables.
    #[must_use]
    pub fn accounts(&self) -> &dyn AccountStore {
        &*self.accounts
    }

    /// Which tables there are for what Identity's have no place for.
    #[must_use]
    pub fn own_tables(&self) -> &OwnTables {
        &self.own_tables
    }
}

impl wicketgate_identity::Stores for Stores {
    fn accounts(&self) -> &dyn AccountStore {
        self.accounts()
    }
}
