//! Finding out whether the file takes writes again.

use std::sync::Arc;

use super::error::database_error;
use super::open_file::OpenFile;
use super::writer::Writer;
use crate::database_error::DatabaseError;

/// More than a registration needs: its row, and an entry in each of three indexes.
///
/// With `secure_delete` the pages are written once more as zeros when the table is dropped. Without it SQLite would not
/// write them at all, and a full disk would not be noticed.
const STATEMENTS: &str = r#"
    PRAGMA secure_delete = ON;
    BEGIN IMMEDIATE;
    CREATE TABLE "wicketgate_write_probe" ("Bytes" BLOB);
    INSERT INTO "wicketgate_write_probe" VALUES (zeroblob(32768));
    DROP TABLE "wicketgate_write_probe";
    COMMIT;
    PRAGMA secure_delete = OFF"#;

/// Makes a table and drops it in one transaction, so that nobody ever sees it, and commits that: with a write-ahead log
/// nothing goes to the disk before.
pub(super) async fn try_write(writer: &Arc<Writer>, file: Option<Arc<OpenFile>>) -> Result<(), DatabaseError> {
    let written = writer.alone(move |link| {
        if let Some(file) = &file {
            file.check()?;
        }
        link.batch_waiting(STATEMENTS).map_err(database_error)?;
        file.map_or(Ok(()), |file| file.check_after_use())
    });
    written.await
}
