//! SQLite, in the form that EF Core's SQLite provider gives a database.

mod claims;
mod credentials;
mod date_time_offset;
mod ddl;
mod error;
mod inspect;
mod key_repository;
mod location;
mod lockout;
mod open;
#[cfg(test)]
mod query_plans;
mod schema;
mod two_factor;
mod user_store;
mod users;

use std::sync::Arc;

use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};
use wicketgate_protection::Random;

pub use key_repository::SqliteKeyRepository;

/// Accounts in a SQLite file.
///
/// The file is in write-ahead mode, as EF Core puts it, with foreign keys enforced and `synchronous = FULL`: with
/// `NORMAL`, a power failure may take the last transactions out of a write-ahead log, and what was acknowledged (a spent
/// recovery code, a changed password) must not come back.
#[derive(Debug)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer at a time, and waiting here is fair and cheap.
    writer: SqlitePool,
    readers: SqlitePool,
    random: Arc<dyn Random>,
}

/// Starts a transaction that is the only writing one from its first statement on. Without `IMMEDIATE` SQLite would let it
/// read first, and refuse its first write if another process wrote meanwhile.
async fn begin(connection: &mut SqliteConnection) -> sqlx::Result<Transaction<'_, Sqlite>> {
    connection.begin_with("BEGIN IMMEDIATE").await
}
