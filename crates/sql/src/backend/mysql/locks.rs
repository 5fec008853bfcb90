//! MySQL's locks: on gaps between rows, and on a name.

use super::cluster_lock;
use crate::database::{Connection, Lock, Row};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

const LOCK_ADDRESS: Statement = statement!(
    r#"SELECT "Id" FROM "AspNetUsers" WHERE "NormalizedEmail" = $1 FOR UPDATE"#,
    [Text]
);
const LOCK_KEYS: Statement = statement!(r#"SELECT "Id" FROM "DataProtectionKeys" FOR UPDATE"#);
/// As long as a server may need to make the tables. MySQL refuses a lock's name of more than 64 characters; databases whose
/// names begin alike so far wait for each other without need.
const GET_LOCK: Statement = statement!(r#"SELECT GET_LOCK(LEFT(CONCAT('wicketgate.', DATABASE()), 64), 60) AS "Got""#);

/// The lock on the tables, which is the connection's.
pub(crate) struct SchemaLock {
    /// Whether the cluster has one, too.
    is_of_cluster: bool,
}

pub(super) async fn lock(
    transaction: &mut impl Connection,
    lock: Lock<'_>,
) -> Result<Option<SchemaLock>, DatabaseError> {
    match lock {
        // Locks the gap in the index where the address is or would be. In a cluster that is one node's lock.
        Lock::Address(address) => {
            cluster_lock::name(transaction, &lock.name()).await?;
            transaction.fetch_all(LOCK_ADDRESS, values![address]).await?;
            Ok(None)
        }
        // Locks every row and the gap behind them. Two that both lock an empty table meet at the next insert, where one of
        // them is told to try again.
        Lock::Keys => {
            transaction.fetch_all(LOCK_KEYS, &[]).await?;
            Ok(None)
        }
        // Statements that make tables end a transaction here, and its locks with it. This lock is the connection's, and ends
        // with it.
        Lock::Schema => {
            let row = transaction.fetch_optional(GET_LOCK, &[]).await?;
            if row.map(|row| row.integer("Got")).transpose()?.flatten() != Some(1) {
                let reason = "another process has been changing the tables for a minute";
                return Err(DatabaseError::Unavailable(reason.into()));
            }
            let is_of_cluster = cluster_lock::take(transaction).await?;
            Ok(Some(SchemaLock { is_of_cluster }))
        }
    }
}

/// A statement that makes tables has ended the transaction, and begun another one.
pub(super) async fn commit_with(transaction: &mut impl Connection, held: SchemaLock) -> Result<(), DatabaseError> {
    if held.is_of_cluster {
        cluster_lock::give(transaction).await?;
    }
    transaction.define("COMMIT").await
}
