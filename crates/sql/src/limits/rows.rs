//! The statements on `wicketgate_rate_limits`. Instants are microseconds since 1970.

use wicketgate_identity::limit::{Booking, LimitKey};
use wicketgate_identity::store::Booked;

use crate::database::{Connection, Database, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::statement::{Statement, statement, values};

/// How often a row may come or go between two statements.
const TRIES: usize = 3;

pub(super) async fn book<D: Database>(database: &D, key: LimitKey, booking: Booking) -> Result<Booked, DatabaseError> {
    let id = key.to_string();
    let mut writer = database.writer().await?;
    for _ in 0..TRIES {
        if is_booked(&mut writer, &id, booking).await? {
            return Ok(Booked::Admitted);
        }
        let row = writer.fetch_optional(FIND, values![id.as_str()]).await?;
        let booked_until = row.map(|row| row.integer("booked_until")).transpose()?.flatten();
        // Somebody may have removed it, or a clock may be so wrong that it counts as nothing by now.
        if let Some(booked_until) = booked_until.filter(|until| *until > booking.latest && *until <= booking.horizon) {
            return Ok(Booked::Refused { booked_until });
        }
    }
    Err(DatabaseError::Conflict("a rate limit's row comes and goes".into()))
}

/// Books in one statement; where the database has none for it, in one of two: whichever changes a row has done it.
async fn is_booked<C: Connection>(writer: &mut C, id: &str, booking: Booking) -> Result<bool, DatabaseError> {
    let Booking {
        now,
        interval,
        latest,
        horizon,
    } = booking;
    let first = now.saturating_add(interval);
    if let Some(upsert) = C::Dialect::BOOK_LIMIT {
        let values = values![id, first, now, horizon, interval, latest];
        return Ok(writer.execute(upsert, values).await? > 0);
    }
    let more = values![now, horizon, interval, latest, id];
    if writer.execute(BOOK_MORE, more).await? > 0 {
        return Ok(true);
    }
    match writer.execute(BOOK_FIRST, values![id, first]).await {
        Ok(inserted) => Ok(inserted > 0),
        // There is a row that has no room, or one that was just made.
        Err(DatabaseError::Duplicate(_)) => Ok(writer.execute(BOOK_MORE, more).await? > 0),
        Err(error) => Err(error),
    }
}

/// Adds to a row that has room for more, or whose time is past, or was booked by a clock that was wrong.
const BOOK_MORE: Statement = statement!(
    "UPDATE wicketgate_rate_limits
    SET booked_until = CASE WHEN booked_until < $1 OR booked_until > $2 THEN $1 ELSE booked_until END + $3
    WHERE id = $5 AND (booked_until <= $4 OR booked_until > $2)",
    [Integer, Integer, Integer, Integer, Text]
);
const BOOK_FIRST: Statement = statement!(
    "INSERT INTO wicketgate_rate_limits (id, booked_until) VALUES ($1, $2)",
    [Text, Integer]
);
const FIND: Statement = statement!("SELECT booked_until FROM wicketgate_rate_limits WHERE id = $1", [Text]);
const REMOVE: Statement = statement!(
    "DELETE FROM wicketgate_rate_limits WHERE id > $1 AND id <= $2 AND (booked_until < $3 OR booked_until > $4)",
    [Text, Text, Integer, Integer]
);

pub(super) async fn remove_past<D: Database>(
    database: &D,
    booking: Booking,
    after: Option<LimitKey>,
    limit: usize,
) -> Result<Option<LimitKey>, DatabaseError> {
    // Before every key, as a text.
    let after = after.map_or_else(String::new, |key| key.to_string());
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut writer = database.writer().await?;
    let row = writer
        .fetch_optional(D::Dialect::PAGE_OF_LIMITS, values![after.as_str(), limit])
        .await?;
    let Some(last) = row.map(|row| row.text("Last")).transpose()?.flatten() else {
        return Ok(None);
    };
    let outside = values![after.as_str(), last.as_str(), booking.now, booking.horizon];
    writer.execute(REMOVE, outside).await?;
    match LimitKey::parse(&last) {
        Some(key) => Ok(Some(key)),
        None => Err(DatabaseError::Failed("wicketgate_rate_limits.id holds no key".into())),
    }
}

/// All of them, which an index has to find rows for.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    vec![BOOK_MORE, BOOK_FIRST, FIND, REMOVE]
}
