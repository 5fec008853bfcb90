//! Accounts in any database that there is a [`Database`] for: the steps of [`AccountStore`](wicketgate_identity::AccountStore),
//! in SQL that all of them understand.
//!
//! A step of several statements writes the account's row first. That takes the row's lock in every database, so that
//! what the step then reads cannot change under it.

mod account_store;
mod change;
mod claims;
mod create;
mod credentials;
mod lockout;
mod roles;
pub(crate) mod selections;
#[cfg(test)]
pub(crate) mod statements;
mod tokens;
#[cfg(any(feature = "mssql", feature = "mysql", feature = "postgres"))]
mod try_write;
mod turns;
mod two_factor;
mod update;
mod users;

use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::options::KeyType;
use wicketgate_protection::Random;

use self::turns::Turns;
use crate::database::Database;
use crate::dialect::Dialect;
use crate::events::SqlEventLog;
use crate::new_guids::NewGuids;
use crate::write_check::WriteCheck;

pub(crate) use lockout::lock;
pub(crate) use update::{CLOSED, RESTORED, Target, touch_account};
pub(crate) use users::{DELETE as DELETE_ACCOUNT, is_email_of_another, is_name_of_another};

#[cfg(any(feature = "mssql", feature = "mysql", feature = "postgres"))]
pub(crate) use try_write::try_write;

/// Accounts in a database.
#[derive(Debug)]
pub(crate) struct SqlAccountStore<D> {
    database: Arc<D>,
    /// Where there are tables for them.
    events: Option<Arc<SqlEventLog<D>>>,
    /// Whether there is a table of accounts that are to be deleted.
    has_deletions: bool,
    random: Arc<dyn Random>,
    writes: WriteCheck,
    /// By id.
    accounts: Turns,
    /// By normalized address, or name where there is no address.
    addresses: Turns,
}

impl<D: Database> SqlAccountStore<D> {
    /// Expects Identity's tables there.
    pub(crate) fn new(database: Arc<D>, events: Option<Arc<SqlEventLog<D>>>, random: Arc<dyn Random>) -> Self {
        Self {
            database,
            events,
            has_deletions: false,
            random,
            writes: WriteCheck::default(),
            accounts: Turns::default(),
            addresses: Turns::default(),
        }
    }

    /// The same, where there may be a table of accounts that are to be deleted.
    pub(crate) fn with_deletions(self, has_deletions: bool) -> Self {
        Self { has_deletions, ..self }
    }

    /// For what is kept beside the accounts.
    pub(crate) fn database(&self) -> &D {
        &self.database
    }
}

/// The id of a new user or role, for a database that does not number them: for keys that are texts as .NET's `IdentityUser` makes it.
fn new_id<D: Database>(database: &D, now: OffsetDateTime, random: &dyn Random) -> String {
    let guids = match database.layout().keys().key_type() {
        KeyType::Guid => D::Dialect::NEW_GUIDS,
        KeyType::Text | KeyType::Int | KeyType::BigInt => NewGuids::Random,
    };
    guids.make(now, random).to_string()
}
