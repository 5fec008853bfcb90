//! Mails that wait to be sent, as rows of `wicketgate_mails`.

mod mail_queue;
mod rows;

use std::sync::Arc;

use crate::accounts::SqlAccountStore;

pub(crate) use self::rows::{insert, mail_columns};
#[cfg(test)]
pub(crate) use self::rows::{rare_statements, statements};

/// The script that makes their table.
pub(crate) const SCRIPT: &str = "mails";

/// Mails in a database.
#[derive(Debug)]
pub(crate) struct SqlMailQueue<D> {
    /// Their database is that of the accounts, with whom mails are written.
    accounts: Arc<SqlAccountStore<D>>,
}
