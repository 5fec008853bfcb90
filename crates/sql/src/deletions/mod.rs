//! Which accounts are to be deleted, as rows of `wicketgate_deletions`.

mod deletion_store;
mod rows;

use std::sync::Arc;

use crate::accounts::SqlAccountStore;

pub(crate) use self::rows::forget_in;
#[cfg(test)]
pub(crate) use self::rows::statements;

/// The script that makes their table.
pub(crate) const SCRIPT: &str = "deletions";

/// Which accounts of a database are to be deleted.
#[derive(Debug)]
pub(crate) struct SqlDeletionStore<D> {
    /// They are closed and deleted together with the rows here.
    accounts: Arc<SqlAccountStore<D>>,
}
