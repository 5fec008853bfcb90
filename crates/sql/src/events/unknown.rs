//! Failed sign-ins to unknown accounts: counted by minute, client and reason, so that strangers cannot fill the table of
//! events. A minute that is over becomes one event for each count.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use wicketgate_identity::event::{EventKey, EventProtection, FailureReason, PersonalParts, microseconds, new_id};
use wicketgate_identity::{Event, EventKind};
use wicketgate_protection::Random;

use super::step::insert;
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::statement::{Statement, statement, values};

/// How many clients an instance counts by themselves in a minute. The others are counted together.
const CLIENTS: usize = 256;
/// Each count is in so many rows, so that those who add to it at once seldom wait for one another.
const PARTS: u8 = 16;
const MINUTE: i64 = 60_000_000;

/// Those that an instance has seen in a minute.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    start: i64,
    clients: HashSet<String>,
}

impl Clients {
    /// The client, or nobody in particular where there are too many.
    fn admit(&self, minute: i64, client: String) -> String {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Requests of the minute before may come behind the first of the next.
        if current.start < minute {
            *current = Minute {
                start: minute,
                clients: HashSet::new(),
            };
        }
        if current.clients.len() < CLIENTS || current.clients.contains(&client) {
            current.clients.insert(client.clone());
            return client;
        }
        String::new()
    }
}

/// Counts one.
pub(super) async fn count<T: Transaction>(
    transaction: &mut T,
    clients: &Clients,
    random: &dyn Random,
    event: &Event,
    reason: FailureReason,
) -> Result<(), DatabaseError> {
    let at = microseconds(event.at);
    let minute = at - at.rem_euclid(MINUTE);
    let client = clients.admit(minute, event.client().unwrap_or_default());
    let mut byte = [0];
    random.fill(&mut byte);
    let part = i32::from(byte[0] % PARTS);
    let values = values![minute, client.as_str(), reason.name(), part];
    transaction.execute(T::Dialect::COUNT_UNKNOWN, values).await.map(drop)
}

pub(super) const FIND: Statement = statement!(
    "SELECT minute_start, client, reason, part, sign_ins FROM wicketgate_unknown_sign_ins
    WHERE minute_start < $1 ORDER BY minute_start, client, reason, part LIMIT 256",
    [Integer]
);
/// Unless somebody has added to it since it was read.
pub(super) const DELETE: Statement = statement!(
    "DELETE FROM wicketgate_unknown_sign_ins
    WHERE minute_start = $1 AND client = $2 AND reason = $3 AND part = $4 AND sign_ins = $5",
    [Integer, Text, Text, Integer, Integer]
);

/// Makes events of counts whose minute is over, and tells how many. The counts go in the same transaction.
pub(super) async fn sum_up<D: Database>(
    database: &D,
    key: &EventKey,
    protection: &EventProtection,
) -> Result<u64, DatabaseError> {
    // A minute more, for requests that began in it.
    let now = microseconds(protection.clock().now());
    let until = now - now.rem_euclid(MINUTE) - MINUTE;
    if database
        .reader()
        .await?
        .fetch_optional(FIND, values![until])
        .await?
        .is_none()
    {
        return Ok(0);
    }
    let mut transaction = database.begin().await?;
    let mut sums: BTreeMap<(i64, String, String), u64> = BTreeMap::new();
    for row in transaction.fetch_all(FIND, values![until]).await? {
        let minute = row.integer("minute_start")?.unwrap_or_default();
        let client = row.text("client")?.unwrap_or_default();
        let reason = row.text("reason")?.unwrap_or_default();
        let part = row.integer("part")?.unwrap_or_default();
        let count = row.integer("sign_ins")?.unwrap_or_default();
        let values = values![minute, client.as_str(), reason.as_str(), part, count];
        if transaction.execute(DELETE, values).await? == 1 {
            *sums.entry((minute, client, reason)).or_default() += count.unsigned_abs();
        }
    }
    let mut made = 0;
    for ((minute, client, reason), count) in sums {
        let reason = FailureReason::from_name(&reason).unwrap_or(FailureReason::NoSuchAccount);
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(minute) * 1_000);
        let at = at.map_err(|error| DatabaseError::Failed(error.into()))?;
        let kind = EventKind::UnknownSignInsFailed { reason, count };
        let personal = PersonalParts {
            client: Some(client).filter(|client| !client.is_empty()),
            ..PersonalParts::default()
        };
        let random = protection.random();
        let record = key.record_as(new_id(at, random), at, &kind, personal, random);
        insert(&mut transaction, &record).await?;
        made += 1;
    }
    transaction.commit().await?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_an_end_to_its_clients() {
        let clients = Clients::default();
        for number in 0..CLIENTS {
            let client = number.to_string();
            assert_eq!(clients.admit(0, client.clone()), client);
        }
        assert_eq!(clients.admit(0, "another".to_owned()), "");
        assert_eq!(clients.admit(0, "7".to_owned()), "7");
        assert_eq!(clients.admit(MINUTE, "another".to_owned()), "another");
        for number in 0..CLIENTS {
            clients.admit(MINUTE, number.to_string());
            clients.admit(0, number.to_string());
        }
        assert_eq!(
            clients.admit(MINUTE, "one more".to_owned()),
            "",
            "it stays the same minute"
        );
    }
}
