//! Events for people to read.

use wicketgate_identity::UserId;
use wicketgate_identity::event::{EventFilter, StoredEvent, first_id_at};

use super::rows::{EventRow, event, select_events};
use crate::database::{Connection, Database};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

/// Ids begin with the time, and so say between which instants.
pub(super) const ALL: Statement = statement!(
    select_events!(
        "WHERE id > $1 AND id < $2 AND (kind = $3 OR $3 IS NULL) AND (client = $4 OR $4 IS NULL)
        ORDER BY id DESC LIMIT $5"
    ),
    [Text, Text, NullableText, NullableText, Integer]
);
pub(super) const OF_USER: Statement = statement!(
    select_events!(
        "WHERE user_id = $6 AND id > $1 AND id < $2 AND (kind = $3 OR $3 IS NULL) AND (client = $4 OR $4 IS NULL)
        ORDER BY id DESC LIMIT $5"
    ),
    [Text, Text, NullableText, NullableText, Integer, Text]
);
/// So many rows of an index, whatever they tell.
pub(super) const NEWEST_OF_USER: Statement = statement!(
    select_events!(r#"WHERE "user_id" = $1 ORDER BY id DESC LIMIT $2"#),
    [Text, Integer]
);

/// Behind every id: their digits are hexadecimal.
const BEHIND_ALL: &str = "g";

pub(super) async fn list<D: Database>(database: &D, filter: &EventFilter) -> Result<Vec<StoredEvent>, DatabaseError> {
    let since = filter.since.map(first_id_at).unwrap_or_default();
    let until = filter.until.map(first_id_at);
    let bounds = [until.as_deref(), filter.before.as_deref()];
    let until = bounds.into_iter().flatten().min().unwrap_or(BEHIND_ALL);
    let (kind, client) = (filter.kind.as_deref(), filter.client.as_deref());
    let limit = bounded(filter.limit);
    let mut reader = database.reader().await?;
    // Events of one kind may be far apart.
    reader.expect_long_statements().await?;
    let rows = match &filter.user {
        Some(user) => {
            let values = values![since.as_str(), until, kind, client, limit, user.as_str()];
            reader.fetch_all(OF_USER, values).await?
        }
        None => {
            let values = values![since.as_str(), until, kind, client, limit];
            reader.fetch_all(ALL, values).await?
        }
    };
    rows.iter().map(|row| Ok(stored(event(row)?))).collect()
}

pub(super) async fn newest_of<D: Database>(
    database: &D,
    user: &UserId,
    limit: usize,
) -> Result<Vec<StoredEvent>, DatabaseError> {
    // PostgreSQL's text cannot hold it.
    if user.as_str().contains('\0') {
        return Ok(Vec::new());
    }
    let mut reader = database.reader().await?;
    let rows = reader
        .fetch_all(NEWEST_OF_USER, values![user.as_str(), bounded(limit)])
        .await?;
    rows.iter().map(|row| Ok(stored(event(row)?))).collect()
}

fn bounded(limit: usize) -> i64 {
    i64::try_from(limit.min(EventFilter::MAX_LIMIT)).unwrap_or_default()
}

fn stored(row: EventRow) -> StoredEvent {
    let EventRow {
        record,
        seal,
        erased_by,
    } = row;
    StoredEvent {
        at: record.happened_at(),
        id: record.id,
        kind: record.kind.into_owned(),
        detail: record.detail,
        user: record.personal.user.map(UserId::from_stored),
        client: record.personal.client,
        name_hash: record.personal.name_hash,
        request_id: record.personal.request_id,
        seal: seal.map(i64::unsigned_abs),
        erased_by,
    }
}
