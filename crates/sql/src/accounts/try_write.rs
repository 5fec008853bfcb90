//! Whether a server takes writes.

use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, Expected};

use super::update::{Target, touch};
use crate::database::{Connection, Database, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;

/// Changes some account, if there is one, in a transaction that is rolled back. A server refuses that where it is read-only,
/// and where it has no room left.
pub(crate) async fn try_write<D: Database>(database: &D) -> Result<(), DatabaseError> {
    let mut transaction = database.begin().await?;
    let Some(row) = transaction.fetch_optional(D::Dialect::PING, &[]).await? else {
        return Ok(());
    };
    let id = UserId::from_stored(row.id("Id")?.unwrap_or_default());
    let target = Target {
        id: &id,
        expected: Expected::Account,
        concurrency_stamp: &ConcurrencyStamp::from_stored("rolled back"),
    };
    touch(&mut transaction, target).await.map(drop)
}
