//! What is booked under rate limits, as rows of `wicketgate_rate_limits`.

mod limit_store;
mod rows;

use std::sync::Arc;

use crate::accounts::SqlAccountStore;

#[cfg(test)]
pub(crate) use self::rows::statements;

/// The script that makes their table.
pub(crate) const SCRIPT: &str = "rate_limits";

/// Bookings in a database.
#[derive(Debug)]
pub(crate) struct SqlLimitStore<D> {
    /// Their database is that of the accounts.
    accounts: Arc<SqlAccountStore<D>>,
}
