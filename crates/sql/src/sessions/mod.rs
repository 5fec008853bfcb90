//! Sessions, as rows of `wicketgate_sessions`.

mod add;
mod after_change;
mod refresh;
mod rows;
mod session_store;

use std::sync::Arc;

use crate::accounts::SqlAccountStore;

pub(crate) use self::after_change::after_change;
#[cfg(test)]
pub(crate) use self::rows::statements;

/// The script that makes their table.
pub(crate) const SCRIPT: &str = "sessions";

/// Sessions in a database.
#[derive(Debug)]
pub(crate) struct SqlSessionStore<D> {
    /// Their database is that of the accounts, with whose changes they end.
    accounts: Arc<SqlAccountStore<D>>,
}
