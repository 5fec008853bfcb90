//! Making the tables of a database that has none.

use wicketgate_protection::Random;

use super::found::Schema;
use super::migrations::{Wanted, migrate};
use super::state::SchemaState;
use crate::database::{Connection, Database, Lock, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::retry::retrying;
use crate::statement::{Statement, statement};

/// Gives an empty database its tables, and finishes what a start left that was cut off. Any number of processes may do so at
/// once: the first makes them, and the others find none missing. Where there are tables, only reading them is asked of the
/// database.
pub(crate) async fn create_if_empty<D: Database>(
    database: &D,
    wanted: Wanted<'_>,
    random: &dyn Random,
) -> Result<Schema, DatabaseError> {
    let found = retrying(database, random, || find(database, wanted)).await?;
    match found.state(wanted.scripts) {
        SchemaState::Empty => {
            // A refusal is one of what another process made meanwhile, which is found now.
            let _ = migrate(database, wanted, random).await?;
            retrying(database, random, || find(database, wanted)).await
        }
        SchemaState::MissingTables(_) | SchemaState::Unfinished => {
            let found = retrying(database, random, || find_alone(database, wanted)).await?;
            if !is_half_made(database, &found).await? {
                return Ok(found);
            }
            tracing::info!("a start that was cut off left half of the tables, without rows: the others are made now");
            let _ = migrate(database, wanted, random).await?;
            retrying(database, random, || find(database, wanted)).await
        }
        SchemaState::Complete(_) if found.own.is_cut_off() => {
            let found = retrying(database, random, || find_alone(database, wanted)).await?;
            if found.own.is_cut_off() && !has_rows(database, &found).await? {
                tracing::info!("a start that was cut off left out tables of our own: they are made now");
                let _ = migrate(database, wanted, random).await?;
            }
            retrying(database, random, || find(database, wanted)).await
        }
        _ => Ok(found),
    }
}

/// Whether there is nothing but what a start made that was cut off, in MySQL, which commits each statement by itself: some
/// of Identity's tables, as they are made here, and no row.
async fn is_half_made<D: Database>(database: &D, found: &Schema) -> Result<bool, DatabaseError> {
    Ok(found.is_half_made() && !has_rows(database, found).await?)
}

/// Whether any of Identity's tables has a row.
async fn has_rows<D: Database>(database: &D, found: &Schema) -> Result<bool, DatabaseError> {
    let mut reader = database.reader().await?;
    for (table, has_rows) in HAVE_ROWS {
        if found.has_table(table) {
            let row = reader.fetch_optional(has_rows, &[]).await?;
            if row.map(|row| row.integer("HasRows")).transpose()?.flatten() != Some(0) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn find<D: Database>(database: &D, wanted: Wanted<'_>) -> Result<Schema, DatabaseError> {
    Schema::find(&mut database.reader().await?, wanted.identity).await
}

/// What the database holds while nobody changes it. MySQL commits each statement by itself, so that the tables that
/// another process is making show up one by one.
async fn find_alone<D: Database>(database: &D, wanted: Wanted<'_>) -> Result<Schema, DatabaseError> {
    let mut transaction = database.begin().await?;
    transaction.lock(Lock::Schema).await?;
    let found = Schema::find(&mut transaction, wanted.identity).await?;
    transaction.commit().await?;
    Ok(found)
}

macro_rules! has_rows {
    ($table:literal) => {
        statement!(concat!(
            r#"SELECT CASE WHEN EXISTS (SELECT * FROM ""#,
            $table,
            r#"") THEN 1 ELSE 0 END AS "HasRows""#
        ))
    };
}

/// Asks each of Identity's tables whether it has a row.
pub(crate) const HAVE_ROWS: [(&str, Statement); 8] = [
    ("AspNetRoleClaims", has_rows!("AspNetRoleClaims")),
    ("AspNetRoles", has_rows!("AspNetRoles")),
    ("AspNetUserClaims", has_rows!("AspNetUserClaims")),
    ("AspNetUserLogins", has_rows!("AspNetUserLogins")),
    ("AspNetUserPasskeys", has_rows!("AspNetUserPasskeys")),
    ("AspNetUserRoles", has_rows!("AspNetUserRoles")),
    ("AspNetUserTokens", has_rows!("AspNetUserTokens")),
    ("AspNetUsers", has_rows!("AspNetUsers")),
];
