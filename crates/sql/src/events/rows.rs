//! Rows of events and seals, and statements about many rows at once.

use wicketgate_identity::event::{EventRecord, PersonalParts, Seal};

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::statement::{Parameter, Statement, Value, statement, values};

/// Whole events, with an end that says which.
macro_rules! select_events {
    ($rest:literal) => {
        concat!(
            "SELECT id, happened_at, kind, detail, user_id, client, name_hash, request_id, salt, personal_hash,
                key_number, mac, seal, erased_by
            FROM wicketgate_events ",
            $rest
        )
    };
}
pub(super) use select_events;

/// How many rows a statement names by their ids, which lock nothing but these rows in any database.
const IDS: usize = 50;

/// A statement about the rows whose ids are the first 50 parameters; `$others` are those behind.
macro_rules! with_ids {
    ($before:literal, $after:literal, [$($other:ident),*]) => {
        Statement {
            text: concat!(
                $before,
                " id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
                 $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, \
                 $43, $44, $45, $46, $47, $48, $49, $50)",
                $after
            ),
            parameters: &$crate::events::rows::ids_and::<{ 50 $(+ $crate::events::rows::one(stringify!($other)))* }>(
                &[$($crate::statement::Parameter::$other),*]
            ),
        }
    };
}
pub(super) use with_ids;

/// Counts the parameters behind the ids.
pub(super) const fn one(_: &str) -> usize {
    1
}

/// The kinds of 50 ids and of what stands behind them.
pub(super) const fn ids_and<const N: usize>(others: &[Parameter]) -> [Parameter; N] {
    let mut all = [Parameter::Text; N];
    let mut index = 0;
    while index < others.len() {
        all[IDS + index] = others[index];
        index += 1;
    }
    all
}

/// Runs it for all of these ids, and tells how many rows it met.
pub(super) async fn execute_for(
    connection: &mut impl Connection,
    statement: Statement,
    ids: &[&str],
    others: &[Value<'_>],
) -> Result<usize, DatabaseError> {
    let mut met = 0;
    for ids in ids.chunks(IDS) {
        // No event has an empty id.
        let mut values = vec![Value::from(""); IDS];
        for (value, id) in values.iter_mut().zip(ids) {
            *value = Value::from(*id);
        }
        values.extend_from_slice(others);
        let rows = connection.execute(statement, &values).await?;
        met += usize::try_from(rows).unwrap_or(usize::MAX);
    }
    Ok(met)
}

/// A row of the table of events.
pub(super) struct EventRow {
    pub(super) record: EventRecord,
    pub(super) seal: Option<i64>,
    pub(super) erased_by: Option<String>,
}

pub(super) fn event(row: &impl Row) -> Result<EventRow, DatabaseError> {
    Ok(EventRow {
        record: EventRecord {
            id: row.text("id")?.unwrap_or_default(),
            at: row.integer("happened_at")?.unwrap_or_default(),
            kind: row.text("kind")?.unwrap_or_default().into(),
            detail: row.text("detail")?.unwrap_or_default(),
            personal: PersonalParts {
                user: row.text("user_id")?,
                client: row.text("client")?,
                name_hash: row.text("name_hash")?,
                request_id: row.text("request_id")?,
                salt: row.text("salt")?,
            },
            personal_hash: row.text("personal_hash")?.unwrap_or_default(),
            key_number: row.integer("key_number")?.unwrap_or_default(),
            mac: row.text("mac")?.unwrap_or_default(),
        },
        seal: row.integer("seal")?,
        erased_by: row.text("erased_by")?,
    })
}

/// A page of the events under a seal, in the order of their ids.
pub(super) const UNDER_SEAL: Statement = statement!(
    select_events!("WHERE seal = $1 AND id > $2 ORDER BY id LIMIT 1000"),
    [Integer, Text]
);

/// All events under a seal, and no more than there can honestly be: one too many is enough to see that.
pub(super) async fn under_seal(connection: &mut impl Connection, seal: i64) -> Result<Vec<EventRow>, DatabaseError> {
    let rows = connection.fetch_all(UNDER_SEAL, values![seal, ""]).await?;
    let mut events = rows.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    if let (1_000, Some(last)) = (events.len(), events.last()) {
        let values = values![seal, last.record.id.as_str()];
        if let Some(row) = connection.fetch_optional(UNDER_SEAL, values).await? {
            events.push(event(&row)?);
        }
    }
    Ok(events)
}

/// The first seal behind this one.
pub(super) const NEXT_SEAL: Statement = statement!(
    "SELECT number, event_count, first_at, last_at, hash, key_number FROM wicketgate_event_seals
    WHERE number > $1 ORDER BY number LIMIT 1",
    [Integer]
);
/// The newest seal behind this one.
pub(super) const NEWEST_SEAL: Statement = statement!(
    "SELECT number, event_count, first_at, last_at, hash, key_number FROM wicketgate_event_seals
    WHERE number > $1 ORDER BY number DESC LIMIT 1",
    [Integer]
);

pub(super) async fn find_seal(
    connection: &mut impl Connection,
    statement: Statement,
    behind: i64,
) -> Result<Option<Seal>, DatabaseError> {
    let row = connection.fetch_optional(statement, values![behind]).await?;
    row.map(|row| {
        Ok(Seal {
            number: row.integer("number")?.unwrap_or_default(),
            events: row.integer("event_count")?.unwrap_or_default(),
            first_at: row.integer("first_at")?.unwrap_or_default(),
            last_at: row.integer("last_at")?.unwrap_or_default(),
            hash: row.text("hash")?.unwrap_or_default(),
            key_number: row.integer("key_number")?.unwrap_or_default(),
        })
    })
    .transpose()
}
