//! Failed attempts and what they lead to.

use time::{Duration, OffsetDateTime};
use wicketgate_identity::{ConcurrencyStamp, FailureOutcome, UpdateOutcome, UserId};

use super::update;
use super::users::touch;
use crate::database::{Database, Row, Session, Transaction, values};
use crate::database_error::DatabaseError;

pub(super) const FIND_FAILURES: &str = r#"SELECT "LockoutEnd", "AccessFailedCount" FROM "AspNetUsers" WHERE "Id" = $1"#;
pub(super) const COUNT_FAILURE: &str = r#"UPDATE "AspNetUsers" SET "AccessFailedCount" = $2 WHERE "Id" = $1"#;
pub(super) const LOCK_OUT: &str =
    r#"UPDATE "AspNetUsers" SET "AccessFailedCount" = $2, "LockoutEnd" = $3 WHERE "Id" = $1"#;

/// While a lockout lasts, the new stamp is rolled back with the rest.
pub(super) async fn record_failure<D: Database>(
    database: &D,
    id: &UserId,
    max_attempts: i32,
    now: OffsetDateTime,
    lockout: Duration,
    stamp: &ConcurrencyStamp,
) -> Result<FailureOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    if !touch(&mut transaction, id, stamp).await? {
        return Ok(FailureOutcome::Counted(0));
    }
    let found = transaction.fetch_optional(FIND_FAILURES, values![id.as_str()]).await?;
    let Some(row) = found else {
        return Ok(FailureOutcome::Counted(0));
    };
    if let Some(end) = row.instant("LockoutEnd")?
        && end >= now
    {
        return Ok(FailureOutcome::LockedOut(end));
    }
    let before = i32::try_from(row.integer("AccessFailedCount")?.unwrap_or_default()).unwrap_or(i32::MAX);
    let count = before.saturating_add(1);
    let outcome = if count < max_attempts {
        transaction.execute(COUNT_FAILURE, values![id.as_str(), count]).await?;
        FailureOutcome::Counted(count)
    } else {
        let end = now.saturating_add(lockout);
        transaction
            .execute(LOCK_OUT, values![id.as_str(), 0, Some(end)])
            .await?;
        FailureOutcome::LockedOut(end)
    };
    transaction.commit().await?;
    Ok(outcome)
}

pub(super) const RESET_FAILURES: &str = r#"
    UPDATE "AspNetUsers" SET "AccessFailedCount" = 0, "ConcurrencyStamp" = $2
    WHERE "Id" = $1 AND "AccessFailedCount" <> 0"#;

pub(super) async fn reset_failures<D: Database>(
    database: &D,
    id: &UserId,
    stamp: &ConcurrencyStamp,
) -> Result<(), DatabaseError> {
    update(database, RESET_FAILURES, values![id.as_str(), stamp.as_str()]).await?;
    Ok(())
}

pub(super) const SET_LOCKOUT_END: &str =
    r#"UPDATE "AspNetUsers" SET "LockoutEnd" = $2, "ConcurrencyStamp" = $3 WHERE "Id" = $1"#;

pub(super) async fn set_lockout_end<D: Database>(
    database: &D,
    id: &UserId,
    end: Option<OffsetDateTime>,
    stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    update(database, SET_LOCKOUT_END, values![id.as_str(), end, stamp.as_str()]).await
}

pub(super) const SET_LOCKOUT_ENABLED: &str =
    r#"UPDATE "AspNetUsers" SET "LockoutEnabled" = $2, "ConcurrencyStamp" = $3 WHERE "Id" = $1"#;

pub(super) async fn set_lockout_enabled<D: Database>(
    database: &D,
    id: &UserId,
    enabled: bool,
    stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![id.as_str(), enabled, stamp.as_str()];
    update(database, SET_LOCKOUT_ENABLED, values).await
}
