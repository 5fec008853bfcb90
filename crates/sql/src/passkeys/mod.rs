//! Passkeys, as rows of `AspNetUserPasskeys`: a table of version 3 of Identity's, with a JSON document in each row.

mod document;
mod form;
mod passkey_store;
mod rows;

use std::sync::Arc;

use crate::accounts::SqlAccountStore;

pub(crate) use self::form::DocumentForm;
#[cfg(test)]
pub(crate) use self::rows::statements;
pub(crate) use self::rows::{find_passkey, find_passkeys, insert_passkey, update_passkey};

/// Passkeys in a database.
#[derive(Debug)]
pub(crate) struct SqlPasskeyStore<D> {
    /// Their database is that of the accounts, which get a new concurrency stamp with each change.
    accounts: Arc<SqlAccountStore<D>>,
}
