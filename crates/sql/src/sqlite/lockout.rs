//! Failed attempts and what they lead to.

use sqlx::{Row, SqliteConnection};
use time::{Duration, OffsetDateTime};
use wicketgate_identity::{ConcurrencyStamp, FailureOutcome, UpdateOutcome, UserId};

use super::date_time_offset;
use super::user_store::update_outcome;

/// In one statement, so that parallel failures are all counted. `RETURNING` gives the row as it is afterwards, in which a
/// count of zero can only be the lockout.
pub(super) const RECORD_FAILURE: &str = r#"
    UPDATE "AspNetUsers"
    SET "AccessFailedCount" = CASE WHEN "AccessFailedCount" + 1 < ?2 THEN "AccessFailedCount" + 1 ELSE 0 END,
        "LockoutEnd" = CASE WHEN "AccessFailedCount" + 1 < ?2 THEN "LockoutEnd" ELSE ?3 END,
        "ConcurrencyStamp" = ?4
    WHERE "Id" = ?1 AND "LockoutEnabled"
    RETURNING "AccessFailedCount""#;

pub(super) async fn record_failure(
    connection: &mut SqliteConnection,
    id: &UserId,
    max_attempts: i32,
    now: OffsetDateTime,
    lockout: Duration,
    stamp: &ConcurrencyStamp,
) -> sqlx::Result<FailureOutcome> {
    let end = now.saturating_add(lockout);
    // All rows and not the first: SQLite commits when it has given the last one, and only then is it counted.
    let rows = sqlx::query(RECORD_FAILURE)
        .bind(id.as_str())
        .bind(max_attempts)
        .bind(date_time_offset::format(end))
        .bind(stamp.as_str())
        .fetch_all(connection)
        .await?;
    match rows.first() {
        Some(row) => match row.try_get("AccessFailedCount")? {
            0 => Ok(FailureOutcome::LockedOut(end)),
            count => Ok(FailureOutcome::Counted(count)),
        },
        None => Ok(FailureOutcome::Counted(0)),
    }
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
