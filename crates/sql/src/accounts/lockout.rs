//! Failed attempts and what they lead to.

use time::OffsetDateTime;
use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, SecurityStamp};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::store::{Attempt, AttemptChange, AttemptOutcome, AttemptState};

use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::events::StepEvent;
use crate::secrets;
use crate::statement::{Statement, statement, values};

/// What is known of a row that is locked.
pub(crate) struct LockedUser {
    pub(crate) state: AttemptState,
    concurrency_stamp: Option<String>,
}

/// Locks the account's row and reads it; `None` if there is none.
pub(crate) async fn lock<T: Transaction>(
    transaction: &mut T,
    id: &UserId,
) -> Result<Option<LockedUser>, DatabaseError> {
    let row = transaction.fetch_optional(T::Dialect::LOCK_USER, values![id]).await?;
    let Some(row) = row else { return Ok(None) };
    let failures = row.integer("AccessFailedCount")?.unwrap_or_default();
    let state = AttemptState {
        security_stamp: row.text("SecurityStamp")?.map(SecurityStamp::from_stored),
        lockout_end: row.instant("LockoutEnd")?,
        lockout_enabled: row.boolean("LockoutEnabled")?,
        access_failed_count: i32::try_from(failures).unwrap_or(i32::MAX),
    };
    Ok(Some(LockedUser {
        state,
        concurrency_stamp: row.text("ConcurrencyStamp")?,
    }))
}

/// A step of [`settle_attempt`].
pub(super) struct AttemptAt<'a> {
    pub(super) id: &'a UserId,
    pub(super) expected: Option<&'a SecurityStamp>,
    pub(super) attempt: Attempt<'a>,
    pub(super) now: OffsetDateTime,
    pub(super) options: &'a LockoutOptions,
    /// The row's next concurrency stamp, should it change.
    pub(super) stamp: &'a ConcurrencyStamp,
}

pub(super) const COUNT_FAILURE: Statement = statement!(
    r#"UPDATE "AspNetUsers" SET "AccessFailedCount" = $2, "ConcurrencyStamp" = $3 WHERE "Id" = $1"#,
    [Id, Integer, NullableText]
);
pub(super) const LOCK_OUT: Statement = statement!(
    r#"
    UPDATE "AspNetUsers" SET "AccessFailedCount" = $2, "LockoutEnd" = $3, "ConcurrencyStamp" = $4 WHERE "Id" = $1"#,
    [Id, Integer, Instant, Text]
);

/// Every attempt waits for the row's lock. One that succeeds, or needs a second factor, mostly writes nothing but its event, where
/// events are kept. One that fails, or is refused, always writes the row, unchanged if need be: so a refusal takes the same statements
/// and commits whatever led to it, and whether or not there is such an account.
pub(super) async fn settle_attempt<D: Database>(
    database: &D,
    at: &AttemptAt<'_>,
    event: StepEvent<'_>,
) -> Result<AttemptOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let user = lock(&mut transaction, at.id).await?;
    let (mut attempt, mut has_redeemed) = (at.attempt, false);
    if let (Attempt::Redeeming(secret), Some(user)) = (attempt, &user)
        && user.state.may_redeem(at.expected, at.now)
    {
        has_redeemed = secrets::redeem_in(&mut transaction, secret).await?.is_some();
        attempt = Attempt::after_redeeming(has_redeemed);
    }
    let settlement = user
        .as_ref()
        .map(|user| user.state.settle(at.expected, attempt, at.now, at.options));
    let outcome = settlement.map_or(AttemptOutcome::Conflict, |settlement| settlement.outcome);
    let change = settlement.map_or(AttemptChange::None, |settlement| settlement.change);
    let is_right = matches!(attempt, Attempt::Succeeded | Attempt::Incomplete);
    let id = at.id;
    match change {
        AttemptChange::None if is_right && outcome == AttemptOutcome::Accepted => {
            // The lock is given back with the transaction, which is rolled back.
            if !event.needs_transaction() && !has_redeemed {
                return Ok(outcome);
            }
        }
        AttemptChange::None => {
            let count = user.as_ref().map_or(0, |user| user.state.access_failed_count);
            let stamp = user.as_ref().and_then(|user| user.concurrency_stamp.as_deref());
            transaction.execute(COUNT_FAILURE, values![id, count, stamp]).await?;
        }
        AttemptChange::Count(count) => {
            let values = values![id, count, at.stamp.as_str()];
            transaction.execute(COUNT_FAILURE, values).await?;
        }
        AttemptChange::LockOut(end) => {
            let values = values![id, 0, end, at.stamp.as_str()];
            transaction.execute(LOCK_OUT, values).await?;
        }
    }
    let can_be_locked = user.as_ref().is_some_and(|user| user.state.lockout_enabled);
    event
        .write_as(&mut transaction, |event| event.settled(outcome, can_be_locked))
        .await?;
    transaction.commit().await?;
    Ok(outcome)
}
