//! The journal of our scripts: a row for each that began, with whether it ran to its end.

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement};

/// The journal's name. As with all our tables, its statements are the same in all databases.
pub(crate) const TABLE: &str = "wicketgate_scripts";

pub(crate) const CREATE_TABLE: &str = "CREATE TABLE wicketgate_scripts (
    number integer NOT NULL PRIMARY KEY,
    name varchar(100) NOT NULL,
    checksum varchar(64) NOT NULL,
    finished integer NOT NULL
)";

/// The columns that make a table of this name the journal.
pub(crate) const COLUMNS: [&str; 4] = ["number", "name", "checksum", "finished"];

/// A script that began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) checksum: String,
    pub(crate) is_finished: bool,
}

pub(crate) const FIND: Statement =
    statement!("SELECT number, name, checksum, finished FROM wicketgate_scripts ORDER BY number");

pub(crate) async fn find(connection: &mut impl Connection) -> Result<Vec<Entry>, DatabaseError> {
    let rows = connection.fetch_all(FIND, &[]).await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &impl Row) -> Result<Entry, DatabaseError> {
    Ok(Entry {
        number: row.integer("number")?.unwrap_or_default(),
        name: row.text("name")?.unwrap_or_default(),
        checksum: row.text("checksum")?.unwrap_or_default(),
        is_finished: row.integer("finished")? == Some(1),
    })
}
