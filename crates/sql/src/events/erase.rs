//! Erasing what is about a person whose account no longer exists.

use std::sync::{MutexGuard, PoisonError};

use wicketgate_identity::event::{ErasedRows, EventKey, PersonalParts, new_id};
use wicketgate_identity::{EventKind, StoreError, UserId};

use super::rows::{NEWEST_SEAL, execute_for, find_seal, with_ids};
use super::step::insert;
use super::{SqlEventLog, keys};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

/// Sealed events of a user: an event of erasing always comes behind what it erased.
pub(super) const FIND: Statement = statement!(
    "SELECT id, key_number FROM wicketgate_events WHERE user_id = $1 AND id > $2 AND seal <= $3 ORDER BY id LIMIT 1000",
    [Text, Text, Integer]
);
pub(super) const ERASE: Statement = with_ids!(
    "UPDATE wicketgate_events SET user_id = NULL, client = NULL, name_hash = NULL, request_id = NULL, salt = NULL,
        erased_by = $51
    WHERE",
    " AND erased_by IS NULL",
    [Text]
);
pub(super) const NEXT_USER: Statement = statement!(
    "SELECT user_id FROM wicketgate_events WHERE user_id > $1 ORDER BY user_id LIMIT 1",
    [Text]
);
pub(super) const IS_USER: Statement = statement!(r#"SELECT "Id" FROM "AspNetUsers" WHERE "Id" = $1"#, [Id]);

/// How many users a step looks at.
const USERS: usize = 200;
/// How many events a step erases before it ends.
const EVENTS: u64 = 1_000;

/// Erases up to 1,000 events of a user, and tells how many. One event says so, in the same transaction.
pub(super) async fn erase<D: Database>(log: &SqlEventLog<D>, user: &str) -> Result<u64, StoreError> {
    let protection = log.protection()?;
    let current = log.key(protection).await?;
    let keys = keys::all(&*log.database, protection).await?;
    let erased = log.retrying(|| async {
        let mut transaction = log.database.begin().await?;
        let newest = find_seal(&mut transaction, NEWEST_SEAL, 0).await?;
        let sealed = newest.map_or(0, |seal| seal.number);
        let rows = transaction.fetch_all(FIND, values![user, "", sealed]).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let now = protection.clock().now();
        let event_id = new_id(now, protection.random());
        let (mut sum, mut ids) = (ErasedRows::default(), Vec::with_capacity(rows.len()));
        for row in &rows {
            let id = row.text("id")?.unwrap_or_default();
            if let Some(key) = row.integer("key_number")?.and_then(|number| keys.get(&number)) {
                sum.add_row(key, &id, &event_id);
            }
            ids.push(id);
        }
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let met = execute_for(&mut transaction, ERASE, &ids, values![event_id.as_str()]).await?;
        if met != ids.len() {
            return Err(DatabaseError::Conflict("others erase the same".into()));
        }
        let count = u64::try_from(met).unwrap_or(u64::MAX);
        let kind = EventKind::PersonalPartsErased {
            count,
            tag: sum.to_text(),
        };
        let record = current.record_as(event_id, now, &kind, PersonalParts::default(), protection.random());
        insert(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(count)
    });
    erased.await
}

/// Looks at the next users that events name, and erases those that no longer exist.
pub(super) async fn erase_deleted<D: Database>(log: &SqlEventLog<D>) -> Result<u64, StoreError> {
    let mut erased = 0;
    for _ in 0..USERS {
        let last = swept(log).clone();
        let found = log.retrying(|| async {
            let mut reader = log.database.reader().await?;
            let row = reader.fetch_optional(NEXT_USER, values![last.as_str()]).await?;
            let Some(user) = row.map(|row| row.text("user_id")).transpose()?.flatten() else {
                return Ok(None);
            };
            let account = reader
                .fetch_optional(IS_USER, values![&UserId::from_stored(user.as_str())])
                .await?;
            Ok(Some((user, account.is_some())))
        });
        let Some((user, exists)) = found.await? else {
            // From the beginning next time.
            swept(log).clear();
            return Ok(erased);
        };
        if !exists {
            erased += erase(log, &user).await?;
            if erased >= EVENTS {
                return Ok(erased);
            }
        }
        *swept(log) = user;
    }
    Ok(erased)
}

/// The last user that was looked at.
fn swept<D>(log: &SqlEventLog<D>) -> MutexGuard<'_, String> {
    log.swept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the row of an erased event adds to the sum.
pub(super) fn add_row(sum: &mut ErasedRows, key: Option<&EventKey>, id: &str, erased_by: &str) {
    if let Some(key) = key {
        sum.add_row(key, id, erased_by);
    }
}
