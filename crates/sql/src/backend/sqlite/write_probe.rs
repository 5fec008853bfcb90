//! Finding out whether the file takes writes again.

use super::connection::SqliteConnection;
use super::file_connection::{FileConnection, FileTransaction};
use crate::database::{Connection, Transaction};
use crate::database_error::DatabaseError;

/// More than a registration needs: its row, and an entry in each of three indexes.
///
/// With `secure_delete` the pages are written once more as zeros when the table is dropped. Without it SQLite would not
/// write them at all, and a full disk would not be noticed.
const STATEMENTS: [&str; 3] = [
    r#"CREATE TABLE "wicketgate_write_probe" ("Bytes" BLOB)"#,
    r#"INSERT INTO "wicketgate_write_probe" VALUES (zeroblob(32768))"#,
    r#"DROP TABLE "wicketgate_write_probe""#,
];

/// Makes a table and drops it in one transaction, so that nobody ever sees it, and commits that: with a write-ahead log
/// nothing goes to the disk before.
pub(super) async fn try_write(mut connection: FileConnection) -> Result<(), DatabaseError> {
    connection.close_after_use();
    let mut connection = SqliteConnection(connection);
    connection.define("PRAGMA secure_delete = ON").await?;
    let mut transaction = SqliteConnection(FileTransaction::begin(connection.0).await?);
    for statement in STATEMENTS {
        transaction.define(statement).await?;
    }
    transaction.commit().await
}
