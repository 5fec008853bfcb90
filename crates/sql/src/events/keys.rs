//! The keys that sign events, as rows.

use std::collections::HashMap;

use wicketgate_identity::StoreError;
use wicketgate_identity::event::{EventKey, EventProtection, StoredEventKey};
use wicketgate_protection::{KeyRepositoryError, ProtectError};

use crate::database::{Connection, Database, Row};
use crate::database_error::DatabaseError;
use crate::retry::retrying;
use crate::statement::{Statement, statement, values};

/// The newest first. There is one for each time that the ring was lost.
pub(super) const FIND: Statement = statement!(
    "SELECT number, key_id, protected FROM wicketgate_event_keys WHERE number > $1 ORDER BY number DESC LIMIT 100",
    [Integer]
);
pub(super) const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_event_keys (number, key_id, protected) VALUES ($1, $2, $3)",
    [Integer, Text, Text]
);
pub(super) const REPLACE: Statement = statement!(
    "UPDATE wicketgate_event_keys SET key_id = $2, protected = $3 WHERE number = $1 AND protected = $4",
    [Integer, Text, Text, Text]
);

/// How often a key is looked for that another instance makes at the same time.
const ATTEMPTS: u32 = 5;

/// The key that signs events from now on: the newest that can be opened, or a new one.
pub(super) async fn current<D: Database>(database: &D, protection: &EventProtection) -> Result<EventKey, StoreError> {
    for _ in 0..ATTEMPTS {
        let stored = find(database, protection).await?;
        for key in &stored {
            if let Some(key) = protection.open_key(key).await.map_err(unreadable)? {
                return Ok(key);
            }
        }
        let newest = stored.first().map_or(0, |key| key.number);
        if newest > 0 {
            tracing::error!(
                newest,
                "no key that signs events can be opened with this key ring; a new one is made, and older events can no longer be checked"
            );
        }
        let new = protection.new_key(newest + 1).await.map_err(unprotected)?;
        insert(database, protection, &new).await?;
        // Whichever instance was first, the key is read back.
    }
    Err(StoreError::Unavailable("there is no key that signs events".into()))
}

/// The keys in the table.
pub(super) async fn find<D: Database>(
    database: &D,
    protection: &EventProtection,
) -> Result<Vec<StoredEventKey>, StoreError> {
    let find = || async {
        let rows = database.reader().await?.fetch_all(FIND, values![0]).await?;
        rows.iter().map(stored).collect::<Result<Vec<_>, DatabaseError>>()
    };
    Ok(retrying(database, protection.random(), find).await?)
}

fn stored(row: &impl Row) -> Result<StoredEventKey, DatabaseError> {
    Ok(StoredEventKey {
        number: row.integer("number")?.unwrap_or_default(),
        ring_key: row.text("key_id")?.unwrap_or_default(),
        protected: row.text("protected")?.unwrap_or_default(),
    })
}

/// Leaves the one that is there where another instance was faster.
async fn insert<D: Database>(
    database: &D,
    protection: &EventProtection,
    key: &StoredEventKey,
) -> Result<(), StoreError> {
    let values = values![key.number, key.ring_key.as_str(), key.protected.as_str()];
    let insert = || async {
        match database.writer().await?.execute(INSERT, values).await {
            Ok(_) | Err(DatabaseError::Duplicate(_)) => Ok(()),
            Err(error) => Err(error),
        }
    };
    Ok(retrying(database, protection.random(), insert).await?)
}

/// All keys that can be opened, by their numbers.
pub(super) async fn all<D: Database>(
    database: &D,
    protection: &EventProtection,
) -> Result<HashMap<i64, EventKey>, StoreError> {
    let mut keys = HashMap::new();
    for stored in find(database, protection).await? {
        if let Some(key) = protection.open_key(&stored).await.map_err(unreadable)? {
            keys.insert(stored.number, key);
        }
    }
    Ok(keys)
}

/// Protects all keys with the ring's current one, and tells how many were not.
pub(super) async fn reprotect<D: Database>(database: &D, protection: &EventProtection) -> Result<u64, StoreError> {
    let mut changed = 0;
    for old in find(database, protection).await? {
        let Some(new) = protection.protect_key_anew(&old).await.map_err(unprotected)? else {
            continue;
        };
        let values = values![
            new.number,
            new.ring_key.as_str(),
            new.protected.as_str(),
            old.protected.as_str()
        ];
        let replace = || async { database.writer().await?.execute(REPLACE, values).await };
        changed += retrying(database, protection.random(), replace).await?;
    }
    Ok(changed)
}

fn unprotected(error: ProtectError) -> StoreError {
    match error {
        ProtectError::Repository(error) => unreadable(error),
        ProtectError::NoDefaultKey => StoreError::Failed(error.into()),
    }
}

fn unreadable(error: KeyRepositoryError) -> StoreError {
    match error.is_passing() {
        true => StoreError::Unavailable(error.into()),
        false => StoreError::Failed(error.into()),
    }
}
