//! One-time secrets, as rows of `wicketgate_secrets`.

mod rows;
mod secret_store;

use std::sync::Arc;

use crate::accounts::SqlAccountStore;

pub(crate) use self::rows::redeem_in;
#[cfg(test)]
pub(crate) use self::rows::statements;

/// The script that makes their table.
pub(crate) const SCRIPT: &str = "secrets";

/// One-time secrets in a database.
#[derive(Debug)]
pub(crate) struct SqlSecretStore<D> {
    /// Their database is that of the accounts, with whose changes secrets are redeemed.
    accounts: Arc<SqlAccountStore<D>>,
}
