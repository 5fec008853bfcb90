//! The stores of one database.

use std::sync::Arc;

use wicketgate_identity::{AccountStore, Stores};

use crate::schema::own::tables::OwnTables;

/// The stores in a database, over one pool of connections.
#[derive(Debug, Clone)]
pub struct SqlStores {
    accounts: Arc<dyn AccountStore>,
    own_tables: OwnTables,
}

impl SqlStores {
    pub(crate) fn new(accounts: Arc<dyn AccountStore>, own_tables: OwnTables) -> Self {
        Self { accounts, own_tables }
    }

    /// Whether the database has our own tables, for what has no place in Identity's.
    #[must_use]
    pub fn own_tables(&self) -> &OwnTables {
        &self.own_tables
    }
}

impl Stores for SqlStores {
    fn accounts(&self) -> &dyn AccountStore {
        &*self.accounts
    }
}
