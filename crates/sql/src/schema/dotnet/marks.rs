//! What is remembered of migrations: a mark for each that ran, in a small table of our own which nobody else reads.
//!
//! It is made with the tables of a new database, and by a migration of an existing one. A database that EF Core made has
//! none, and is used without.

use wicketgate_identity::options::SchemaVersion;

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement};

/// The name of the table for marks. Without quotes and capitals, its statements are the same in all databases.
pub(crate) const TABLE: &str = "wicketgate_migrations";

pub(crate) const CREATE_TABLE: &str = "CREATE TABLE wicketgate_migrations (
    number integer NOT NULL PRIMARY KEY,
    name varchar(100) NOT NULL
)";

/// A step that a database's tables go only once.
pub(crate) struct Migration {
    pub(crate) number: i64,
    /// The version of Identity's tables that it leads to.
    pub(crate) version: SchemaVersion,
    /// Tells the next that looks that this one ran to its end.
    pub(crate) mark: &'static str,
}

pub(crate) const MIGRATIONS: [Migration; 3] = [
    Migration {
        number: FIRST,
        version: SchemaVersion::V1,
        mark: "INSERT INTO wicketgate_migrations (number, name) VALUES (1, 'Identity version 1')",
    },
    Migration {
        number: 2,
        version: SchemaVersion::V2,
        mark: "INSERT INTO wicketgate_migrations (number, name) VALUES (2, 'Identity version 2')",
    },
    Migration {
        number: NEWEST,
        version: SchemaVersion::V3,
        mark: "INSERT INTO wicketgate_migrations (number, name) VALUES (3, 'Identity version 3')",
    },
];

/// The migration that makes the tables which accounts cannot do without.
pub(crate) const FIRST: i64 = 1;
/// The last migration that is known here.
pub(crate) const NEWEST: i64 = 3;

const MARKS: Statement = statement!("SELECT number FROM wicketgate_migrations");

/// The numbers of the migrations that ran.
pub(crate) async fn find(connection: &mut impl Connection) -> Result<Vec<i64>, DatabaseError> {
    let rows = connection.fetch_all(MARKS, &[]).await?;
    rows.iter()
        .filter_map(|row| row.integer("number").transpose())
        .collect()
}
