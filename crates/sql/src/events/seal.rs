//! Seals: a background step signs the events that came since the last one, and the seal before them.
//!
//! Events are not numbered when they are written, so that none waits for another; which seal one is under is decided
//! here. Whoever can write to the tables can remove events before they are sealed, within a second or so, and cut off the
//! newest seals with their events: that is found only by comparing with a head that was kept elsewhere.

use wicketgate_identity::event::EventKey;

use super::rows::{NEWEST_SEAL, execute_for, find_seal, with_ids};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

/// As many as a seal has at most.
pub(super) const UNSEALED: Statement = statement!(
    "SELECT id, happened_at, key_number, mac FROM wicketgate_events WHERE seal IS NULL AND id > $1
    ORDER BY id LIMIT 1000",
    [Text]
);
/// The same, for whoever wants to know how many there are alone.
pub(super) const COUNT_UNSEALED: Statement = statement!(
    r#"SELECT COUNT(*) AS "Count" FROM (
        SELECT id FROM wicketgate_events WHERE seal IS NULL AND id > $1 ORDER BY id LIMIT 1000
    ) AS page"#,
    [Text]
);
pub(super) const ANY_UNSEALED: Statement = statement!(
    "SELECT id FROM wicketgate_events WHERE seal IS NULL AND id > $1 ORDER BY id LIMIT 1",
    [Text]
);
pub(super) const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_event_seals (number, event_count, first_at, last_at, hash, key_number)
    VALUES ($1, $2, $3, $4, $5, $6)",
    [Integer, Integer, Integer, Integer, Text, Integer]
);
pub(super) const SET_SEAL: Statement = with_ids!("UPDATE wicketgate_events SET seal = $51 WHERE", "", [Integer]);

/// Seals what is not sealed, and tells how many events that were. None where another instance is doing so: the number of
/// the next seal is taken by one of them.
pub(super) async fn seal<D: Database>(database: &D, key: &EventKey) -> Result<u64, DatabaseError> {
    let any = database
        .reader()
        .await?
        .fetch_optional(ANY_UNSEALED, values![""])
        .await?;
    if any.is_none() {
        return Ok(0);
    }
    match try_seal(database, key).await {
        Err(DatabaseError::Duplicate(_) | DatabaseError::Conflict(_)) => Ok(0),
        sealed => sealed,
    }
}

/// How many events are not sealed yet, as far as one seal would go.
pub(super) async fn count_unsealed<D: Database>(database: &D) -> Result<u64, DatabaseError> {
    let mut reader = database.reader().await?;
    let row = reader.fetch_optional(COUNT_UNSEALED, values![""]).await?;
    let count = row.map(|row| row.integer("Count")).transpose()?.flatten();
    Ok(count.unwrap_or_default().unsigned_abs())
}

async fn try_seal<D: Database>(database: &D, key: &EventKey) -> Result<u64, DatabaseError> {
    let mut transaction = database.begin().await?;
    let (number, previous) = match find_seal(&mut transaction, NEWEST_SEAL, 0).await? {
        Some(newest) => (newest.number + 1, newest.hash),
        // After everything was removed, the checkpoint has the number and the hash.
        None => match super::prune::find_checkpoint(&mut transaction).await? {
            Some(checkpoint) => (checkpoint.seal + 1, checkpoint.hash),
            None => (1, String::new()),
        },
    };
    let rows = transaction.fetch_all(UNSEALED, values![""]).await?;
    let mut sealing = key.begin_seal(number, &previous);
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        let at = row.integer("happened_at")?.unwrap_or_default();
        let key_number = row.integer("key_number")?.unwrap_or_default();
        sealing.add(at, key_number, &row.text("mac")?.unwrap_or_default());
        ids.push(row.text("id")?.unwrap_or_default());
    }
    if ids.is_empty() {
        return Ok(0);
    }
    let seal = sealing.finish();
    // First: whoever is second ends here, before any event has two seals.
    let values = values![
        seal.number,
        seal.events,
        seal.first_at,
        seal.last_at,
        seal.hash.as_str(),
        seal.key_number
    ];
    transaction.execute(INSERT, values).await?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if execute_for(&mut transaction, SET_SEAL, &ids, values![seal.number]).await? != ids.len() {
        return Err(DatabaseError::Conflict("events were removed meanwhile".into()));
    }
    transaction.commit().await?;
    Ok(seal.events.unsigned_abs())
}
