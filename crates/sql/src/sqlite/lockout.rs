//! Failed attempts and what they lead to.

use sqlx::{Row, SqliteConnection};
use time::{Duration, OffsetDateTime};
use wicketgate_identity::{ConcurrencyStamp, FailureOutcome, UpdateOutcome, UserId};

use super::user_store::update_outcome;
use super::{begin, date_time_offset};

pub(super) const FIND_FAILURES: &str = r#"SELECT "LockoutEnd", "AccessFailedCount" FROM "AspNetUsers" WHERE "Id" = ?1"#;
pub(super) const COUNT_FAILURE: &str = r#"
    UPDATE "AspNetUsers" SET "AccessFailedCount" = ?2, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1"#;
pub(super) const LOCK_OUT: &str = r#"
    UPDATE "AspNetUsers" SET "AccessFailedCount" = 0, "LockoutEnd" = ?2, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1"#;

/// Reads before it writes, and compares the times here: as text with different offsets they do not sort by instant.
pub(super) async fn record_failure(
    connection: &mut SqliteConnection,
    id: &UserId,
    max_attempts: i32,
    now: OffsetDateTime,
    lockout: Duration,
    stamp: &ConcurrencyStamp,
) -> sqlx::Result<FailureOutcome> {
    let mut transaction = begin(connection).await?;
    let found = sqlx::query(FIND_FAILURES)
        .bind(id.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
    let Some(row) = found else {
        return Ok(FailureOutcome::Counted(0));
    };
    if let Some(end) = date_time_offset::get(&row, "LockoutEnd")?
        && end >= now
    {
        return Ok(FailureOutcome::LockedOut(end));
    }
    let count = row.try_get::<i32, _>("AccessFailedCount")?.saturating_add(1);
    let (update, outcome) = if count < max_attempts {
        (
            sqlx::query(COUNT_FAILURE).bind(id.as_str()).bind(count),
            FailureOutcome::Counted(count),
        )
    } else {
        let end = now.saturating_add(lockout);
        (
            sqlx::query(LOCK_OUT)
                .bind(id.as_str())
                .bind(date_time_offset::format(end)),
            FailureOutcome::LockedOut(end),
        )
    };
    update.bind(stamp.as_str()).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(outcome)
}

pub(super) const RESET_FAILURES: &str = r#"
    UPDATE "AspNetUsers" SET "AccessFailedCount" = 0, "ConcurrencyStamp" = ?2
    WHERE "Id" = ?1 AND "AccessFailedCount" <> 0"#;

pub(super) async fn reset_failures(
    connection: &mut SqliteConnection,
    id: &UserId,
    stamp: &ConcurrencyStamp,
) -> sqlx::Result<()> {
    sqlx::query(RESET_FAILURES)
        .bind(id.as_str())
        .bind(stamp.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) const SET_LOCKOUT_END: &str =
    r#"UPDATE "AspNetUsers" SET "LockoutEnd" = ?2, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1"#;

pub(super) async fn set_lockout_end(
    connection: &mut SqliteConnection,
    id: &UserId,
    end: Option<OffsetDateTime>,
    stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(SET_LOCKOUT_END)
        .bind(id.as_str())
        .bind(end.map(date_time_offset::format))
        .bind(stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}

pub(super) const SET_LOCKOUT_ENABLED: &str =
    r#"UPDATE "AspNetUsers" SET "LockoutEnabled" = ?2, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1"#;

pub(super) async fn set_lockout_enabled(
    connection: &mut SqliteConnection,
    id: &UserId,
    enabled: bool,
    stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(SET_LOCKOUT_ENABLED)
        .bind(id.as_str())
        .bind(enabled)
        .bind(stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}
