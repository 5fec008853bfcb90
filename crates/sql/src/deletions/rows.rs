//! The statements on `wicketgate_deletions`, and what its rows hold. Instants are microseconds since 1970.

use time::{Duration, OffsetDateTime};
use wicketgate_identity::UserId;
use wicketgate_identity::account::{Closing, Deletion, DueDeletion};
use wicketgate_identity::event::microseconds;
use wicketgate_identity::store::{ChangeOutcome, DeletionOutcome};

use crate::accounts::{CLOSED, DELETE_ACCOUNT, RESTORED, Target, lock};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Statement, statement, values};

/// `lockout_enabled` is that of the account before it was closed: 0 or 1.
const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_deletions (user_id, requested, due, lockout_enabled) VALUES ($1, $2, $3, $4)",
    [Text, Integer, Integer, Integer]
);
const FIND_LOCKOUT_ENABLED: Statement = statement!(
    r#"SELECT lockout_enabled FROM wicketgate_deletions WHERE "user_id" = $1"#,
    [Text]
);
const DELETE: Statement = statement!(r#"DELETE FROM wicketgate_deletions WHERE "user_id" = $1"#, [Text]);
const DELETE_DUE: Statement = statement!(
    r#"DELETE FROM wicketgate_deletions WHERE "user_id" = $1 AND due <= $2"#,
    [Text, Integer]
);

/// The account's row first, as everywhere.
pub(super) async fn request<D: Database>(
    database: &D,
    target: Target<'_>,
    closing: &Closing,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let (id, deletion) = (target.id.as_str(), closing.deletion);
    let mut transaction = database.begin().await?;
    let Some(account) = lock(&mut transaction, target.id).await? else {
        return Ok(ChangeOutcome::Conflict);
    };
    let lockout = Closing::lockout(&account.state);
    let set = values![lockout.enabled, lockout.end, closing.stamp.as_str()];
    let outcome = CLOSED.run(&mut transaction, target, set).await?;
    if outcome != ChangeOutcome::Changed {
        return Ok(outcome);
    }
    let earlier = match Deletion::is_closed(&account.state) {
        true => lockout_enabled_before(&mut transaction, target.id).await?,
        false => None,
    };
    transaction.execute(DELETE, values![id]).await?;
    let was_enabled = earlier.unwrap_or(account.state.lockout_enabled);
    let values = values![
        id,
        microseconds(deletion.requested),
        microseconds(deletion.due),
        i64::from(was_enabled)
    ];
    transaction.execute(INSERT, values).await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

pub(super) async fn cancel<D: Database>(
    database: &D,
    target: Target<'_>,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let Some(account) = lock(&mut transaction, target.id).await? else {
        return Ok(ChangeOutcome::Conflict);
    };
    let Some(was_enabled) = lockout_enabled_before(&mut transaction, target.id).await? else {
        return Ok(ChangeOutcome::Conflict);
    };
    transaction.execute(DELETE, values![target.id.as_str()]).await?;
    let lockout = Deletion::lockout_afterwards(&account.state, was_enabled);
    let set = values![lockout.enabled, lockout.end];
    let outcome = RESTORED.run(&mut transaction, target, set).await?;
    if outcome != ChangeOutcome::Changed {
        return Ok(outcome);
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

/// Of the account before it was closed; `None` if it is not to be deleted.
async fn lockout_enabled_before(
    transaction: &mut impl Transaction,
    id: &UserId,
) -> Result<Option<bool>, DatabaseError> {
    let row = transaction
        .fetch_optional(FIND_LOCKOUT_ENABLED, values![id.as_str()])
        .await?;
    row.map(|row| Ok(row.integer("lockout_enabled")?.is_some_and(|enabled| enabled != 0)))
        .transpose()
}

const FIND: Statement = statement!(
    r#"SELECT requested, due FROM wicketgate_deletions WHERE "user_id" = $1"#,
    [Text]
);

pub(super) async fn find<D: Database>(database: &D, id: &UserId) -> Result<Option<Deletion>, DatabaseError> {
    // PostgreSQL's text cannot hold it.
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let mut reader = database.reader().await?;
    let Some(row) = reader.fetch_optional(FIND, values![id.as_str()]).await? else {
        return Ok(None);
    };
    let instant = |column| Ok(row.integer(column)?.map(instant).unwrap_or(OffsetDateTime::UNIX_EPOCH));
    Ok(Some(Deletion {
        requested: instant("requested")?,
        due: instant("due")?,
    }))
}

const LIST_DUE: Statement = statement!(
    "SELECT user_id, due FROM wicketgate_deletions WHERE due <= $1 AND due >= $2 AND (due > $2 OR user_id > $3)
    ORDER BY due, user_id LIMIT $4",
    [Integer, Integer, Text, Integer]
);

pub(super) async fn list_due<D: Database>(
    database: &D,
    now: OffsetDateTime,
    after: Option<&DueDeletion>,
    limit: usize,
) -> Result<Vec<DueDeletion>, DatabaseError> {
    let (since, id) = after.map_or((i64::MIN, ""), |after| (microseconds(after.due), after.user.as_str()));
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut reader = database.reader().await?;
    let rows = reader
        .fetch_all(LIST_DUE, values![microseconds(now), since, id, limit])
        .await?;
    let due = |row: &_| {
        Ok(DueDeletion {
            user: UserId::from_stored(Row::text(row, "user_id")?.unwrap_or_default()),
            due: instant(Row::integer(row, "due")?.unwrap_or_default()),
        })
    };
    rows.iter().map(due).collect()
}

/// Whoever locks the account's row first decides: who unlocks it, or who deletes it.
pub(super) async fn delete<D: Database>(
    database: &D,
    id: &UserId,
    now: OffsetDateTime,
    event: StepEvent<'_>,
) -> Result<DeletionOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let account = lock(&mut transaction, id).await?;
    if transaction
        .execute(DELETE_DUE, values![id.as_str(), microseconds(now)])
        .await?
        == 0
    {
        return Ok(DeletionOutcome::NotDue);
    }
    let outcome = match account {
        None => DeletionOutcome::NotDue,
        Some(account) if !Deletion::is_closed(&account.state) => DeletionOutcome::Kept,
        Some(_) => {
            transaction.execute(DELETE_ACCOUNT, values![id]).await?;
            event.write(&mut transaction).await?;
            DeletionOutcome::Deleted
        }
    };
    transaction.commit().await?;
    Ok(outcome)
}

/// Of an account that was deleted in this transaction. A later one may get the same number.
pub(crate) async fn forget_in(transaction: &mut impl Transaction, id: &UserId) -> Result<(), DatabaseError> {
    transaction.execute(DELETE, values![id.as_str()]).await.map(drop)
}

fn instant(microseconds: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::microseconds(microseconds))
}

/// For tests that look at each.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    vec![INSERT, FIND_LOCKOUT_ENABLED, DELETE, DELETE_DUE, FIND, LIST_DUE]
}
