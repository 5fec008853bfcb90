//! One at a time in all of a Galera cluster, whose nodes know nothing of each other's locks.
//!
//! What nodes do compare, when a transaction commits, is the keys of the rows that it wrote: of many that make the same
//! table, or write a row with the same key, at once and on whatever node, one succeeds.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use uuid::Uuid;
use wicketgate_identity::options::KeyType;

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::layout::key_form::KeyForm;
use crate::statement::{Id, Statement, Value, statement};

const IS_CLUSTER: Statement = statement!("SHOW VARIABLES LIKE 'wsrep_on'");
const AGE: Statement = statement!(
    r#"
    SELECT CAST(TIMESTAMPDIFF(SECOND, create_time, NOW()) AS SIGNED) AS "Age"
    FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'wicketgate_lock'"#
);
const TAKE: &str = "CREATE TABLE `wicketgate_lock` (`Id` int NOT NULL PRIMARY KEY)";
const GIVE: &str = "DROP TABLE IF EXISTS `wicketgate_lock`";

/// Longer than anybody needs who lives: the lock of one that was killed is taken away.
const LONGEST_HELD: i64 = 60;
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);

const NAME: Statement = statement!(r#"INSERT INTO "AspNetRoles" ("Id") VALUES ($1)"#, [Id]);
const UNNAME: Statement = statement!(r#"DELETE FROM "AspNetRoles" WHERE "Id" = $1"#, [Id]);
/// How much of a name is written: keys have 255 characters. Names that begin alike wait for each other without need.
const LONGEST_NAME: usize = 200;

/// Before the transaction reads anything: of all that name the same, on whatever node, one commits, and the others are
/// told to try again. No node ever shows the row, because the transaction that writes it takes it away.
pub(super) async fn name(connection: &mut impl Connection, name: &str) -> Result<(), DatabaseError> {
    if !is_cluster(connection).await? {
        return Ok(());
    }
    let name = id_for(connection.layout().keys(), name);
    let name = Value::Id(Id::Text(&name));
    match connection.execute(NAME, &[name]).await {
        Ok(_) => connection.execute(UNNAME, &[name]).await.map(drop),
        // As where an application's own columns have no default.
        Err(DatabaseError::Failed(reason)) => {
            tracing::warn!(%reason, "AspNetRoles takes no row, so two nodes may give one address to two accounts");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// What is written as a role's id: the name, or an id that is made of it, which no role has. Two names that become one id wait for
/// each other without need.
fn id_for(keys: KeyForm, name: &str) -> String {
    match keys.key_type() {
        KeyType::Text => name.chars().take(LONGEST_NAME).collect(),
        KeyType::Guid => Uuid::from_u64_pair(hash(name), 0).to_string(),
        // Roles have numbers from 1 on.
        KeyType::Int | KeyType::BigInt => {
            let hash = i64::try_from(hash(name) >> 33).unwrap_or_default();
            (-1 - hash).to_string()
        }
    }
}

/// FNV-1a, which is the same on every node.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

async fn is_cluster(connection: &mut impl Connection) -> Result<bool, DatabaseError> {
    let row = connection.fetch_optional(IS_CLUSTER, &[]).await?;
    let is_cluster = row.map(|row| row.text("Value")).transpose()?.flatten();
    Ok(is_cluster.as_deref() == Some("ON"))
}

/// Waits until nobody else has the lock, and tells whether it was taken: not where there is no cluster, nor by a role that
/// may make no tables, which is no danger to anybody.
pub(super) async fn take(connection: &mut impl Connection) -> Result<bool, DatabaseError> {
    if !is_cluster(connection).await? {
        return Ok(false);
    }
    let begin = Instant::now();
    loop {
        match connection.fetch_optional(AGE, &[]).await? {
            Some(row) if row.integer("Age")? > Some(LONGEST_HELD) => connection.define(GIVE).await?,
            Some(_) => sleep(PAUSE).await,
            None => match connection.define(TAKE).await {
                Ok(()) => return Ok(true),
                Err(DatabaseError::Failed(_)) => return Ok(false),
                Err(DatabaseError::Conflict(_)) => sleep(PAUSE).await,
                Err(error) => return Err(error),
            },
        }
        if begin.elapsed() > PATIENCE {
            let reason = format!("others have been changing the tables for {PATIENCE:?}");
            return Err(DatabaseError::Unavailable(reason.into()));
        }
    }
}

pub(super) async fn give(connection: &mut impl Connection) -> Result<(), DatabaseError> {
    connection.define(GIVE).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_id_that_no_role_has_in_the_form_of_its_column() {
        let id = |keys| id_for(keys, "wicketgate address ADA@EXAMPLE.TEST");
        assert_eq!(id(KeyForm::Text), "wicketgate address ADA@EXAMPLE.TEST");
        for keys in [KeyForm::LowerCaseGuid, KeyForm::GuidInBytes] {
            let guid = id(keys);
            assert!(
                guid.parse::<Uuid>().is_ok() && guid.ends_with("-0000-000000000000"),
                "{guid}"
            );
        }
        let number: i32 = id(KeyForm::Int).parse().unwrap();
        assert!(number < 0, "{number}");
        assert_eq!(id_for(KeyForm::Text, &"x".repeat(300)).len(), LONGEST_NAME);
    }
}
