//! Removing old events, a whole seal at a time, with a signed checkpoint that says where the chain begins now.

use std::collections::HashMap;

use wicketgate_identity::event::{Checkpoint, ErasedRows, EventKey, Seal};

use super::erase::add_row;
use super::rows::{EventRow, NEXT_SEAL, execute_for, find_seal, under_seal, with_ids};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

pub(super) const FIND: Statement = statement!(
    "SELECT seal, hash, pruned, pruned_until, erased, key_number, mac FROM wicketgate_event_checkpoints WHERE number = $1",
    [Integer]
);
pub(super) const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_event_checkpoints (number, seal, hash, pruned, pruned_until, erased, key_number, mac)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    [Integer, Integer, Text, Integer, Integer, Text, Integer, Text]
);
pub(super) const UPDATE: Statement = statement!(
    "UPDATE wicketgate_event_checkpoints
    SET seal = $2, hash = $3, pruned = $4, pruned_until = $5, erased = $6, key_number = $7, mac = $8 WHERE number = $1",
    [Integer, Integer, Text, Integer, Integer, Text, Integer, Text]
);
/// Unless its personal parts were erased since it was read.
pub(super) const DELETE_WHOLE: Statement =
    with_ids!("DELETE FROM wicketgate_events WHERE", " AND erased_by IS NULL", []);
pub(super) const DELETE_ERASED: Statement =
    with_ids!("DELETE FROM wicketgate_events WHERE", " AND erased_by IS NOT NULL", []);
pub(super) const DELETE_SEAL: Statement = statement!("DELETE FROM wicketgate_event_seals WHERE number = $1", [Integer]);

/// The one that there is.
const NUMBER: i32 = 1;

/// Where the chain begins, if it is not with the first seal.
pub(super) async fn find_checkpoint(connection: &mut impl Connection) -> Result<Option<Checkpoint>, DatabaseError> {
    let row = connection.fetch_optional(FIND, values![NUMBER]).await?;
    row.map(|row| {
        let erased = row.text("erased")?.unwrap_or_default();
        Ok(Checkpoint {
            seal: row.integer("seal")?.unwrap_or_default(),
            hash: row.text("hash")?.unwrap_or_default(),
            pruned: row.integer("pruned")?.unwrap_or_default(),
            pruned_until: row.integer("pruned_until")?.unwrap_or_default(),
            erased: ErasedRows::from_text(&erased).unwrap_or_default(),
            key_number: row.integer("key_number")?.unwrap_or_default(),
            mac: row.text("mac")?.unwrap_or_default(),
        })
    })
    .transpose()
}

/// Removes the oldest seal with its events if they all happened before this instant, in microseconds since 1970, and
/// tells how many there were.
pub(super) async fn prune<D: Database>(
    database: &D,
    key: &EventKey,
    keys: &HashMap<i64, EventKey>,
    before: i64,
) -> Result<u64, DatabaseError> {
    let oldest = find_seal(&mut database.reader().await?, NEXT_SEAL, 0).await?;
    if oldest.is_none_or(|seal| seal.last_at >= before) {
        return Ok(0);
    }
    match try_prune(database, key, keys, before).await {
        // Another instance does it.
        Err(DatabaseError::Duplicate(_) | DatabaseError::Conflict(_)) => Ok(0),
        pruned => pruned,
    }
}

async fn try_prune<D: Database>(
    database: &D,
    key: &EventKey,
    keys: &HashMap<i64, EventKey>,
    before: i64,
) -> Result<u64, DatabaseError> {
    let mut transaction = database.begin().await?;
    let checkpoint = find_checkpoint(&mut transaction).await?;
    let Some(seal) = find_seal(&mut transaction, NEXT_SEAL, 0).await? else {
        return Ok(0);
    };
    if seal.last_at >= before {
        return Ok(0);
    }
    let events = under_seal(&mut transaction, seal.number).await?;
    if !is_intact(checkpoint.as_ref(), &seal, &events, keys) {
        // Otherwise whoever has changed the events would have us sign that they never were.
        let reason = format!("seal {} is not intact, as `events verify` tells", seal.number);
        return Err(DatabaseError::Failed(reason.into()));
    }
    let mut erased = checkpoint
        .as_ref()
        .map(|checkpoint| checkpoint.erased)
        .unwrap_or_default();
    for event in &events {
        if let Some(by) = &event.erased_by {
            add_row(&mut erased, keys.get(&event.record.key_number), &event.record.id, by);
        }
        if let Some(named) = ErasedRows::of_event(&event.record) {
            erased.subtract(&named);
        }
    }
    let mut new = Checkpoint {
        seal: seal.number,
        hash: seal.hash,
        pruned: checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.pruned) + seal.events,
        pruned_until: seal.last_at.max(
            checkpoint
                .as_ref()
                .map_or(i64::MIN, |checkpoint| checkpoint.pruned_until),
        ),
        erased,
        key_number: 0,
        mac: String::new(),
    };
    key.sign_checkpoint(&mut new);
    let erased = new.erased.to_text();
    let values = values![
        NUMBER,
        new.seal,
        new.hash.as_str(),
        new.pruned,
        new.pruned_until,
        erased.as_str(),
        new.key_number,
        new.mac.as_str()
    ];
    let statement = if checkpoint.is_some() { UPDATE } else { INSERT };
    transaction.execute(statement, values).await?;
    let (gone, whole): (Vec<&EventRow>, Vec<&EventRow>) = events.iter().partition(|event| event.erased_by.is_some());
    for (statement, events) in [(DELETE_WHOLE, whole), (DELETE_ERASED, gone)] {
        let ids: Vec<&str> = events.iter().map(|event| event.record.id.as_str()).collect();
        if execute_for(&mut transaction, statement, &ids, &[]).await? != ids.len() {
            return Err(DatabaseError::Conflict("events were changed meanwhile".into()));
        }
    }
    if transaction.execute(DELETE_SEAL, values![seal.number]).await? != 1 {
        return Err(DatabaseError::Conflict("the seal was removed meanwhile".into()));
    }
    transaction.commit().await?;
    Ok(seal.events.unsigned_abs())
}

/// Whether the seal is the one behind the checkpoint and fits its events.
fn is_intact(checkpoint: Option<&Checkpoint>, seal: &Seal, events: &[EventRow], keys: &HashMap<i64, EventKey>) -> bool {
    let (number, hash) = match checkpoint {
        Some(checkpoint) => {
            let key = keys.get(&checkpoint.key_number);
            if !key.is_some_and(|key| key.check_checkpoint(checkpoint)) {
                return false;
            }
            (checkpoint.seal, checkpoint.hash.as_str())
        }
        None => (0, ""),
    };
    let Some(key) = keys.get(&seal.key_number) else {
        return false;
    };
    let mut sealing = key.begin_seal(seal.number, hash);
    events.iter().for_each(|event| sealing.add_record(&event.record));
    seal.number == number + 1 && sealing.finish() == *seal
}
