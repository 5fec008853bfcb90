//! The statements on `wicketgate_deletions`, and what its rows hold. Instants are microseconds since 1970.

use time::{Duration, OffsetDateTime};
use wicketgate_identity::UserId;
use wicketgate_identity::account::{Closing, Deletion};
use wicketgate_identity::event::microseconds;
use wicketgate_identity::store::{ChangeOutcome, DeletionOutcome};

use crate::accounts::{CLOSED, DELETE_ACCOUNT, Target, UNLOCK, lock};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Statement, statement, values};

const INSERT: Statement = statement!(
    "INSERT INTO wicketgate_deletions (user_id, requested, due) VALUES ($1, $2, $3)",
    [Text, Integer, Integer]
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
    let set = values![true, closing.locked_until, closing.stamp.as_str()];
    let outcome = CLOSED.run(&mut transaction, target, set).await?;
    if outcome != ChangeOutcome::Changed {
        return Ok(outcome);
    }
    transaction.execute(DELETE, values![id]).await?;
    let values = values![id, microseconds(deletion.requested), microseconds(deletion.due)];
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
    let unlocked = None::<OffsetDateTime>;
    if UNLOCK.run(&mut transaction, target, values![unlocked]).await? != ChangeOutcome::Changed
        || transaction.execute(DELETE, values![target.id.as_str()]).await? == 0
    {
        return Ok(ChangeOutcome::Conflict);
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
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
    "SELECT user_id FROM wicketgate_deletions WHERE due <= $1 ORDER BY due LIMIT $2",
    [Integer, Integer]
);

pub(super) async fn list_due<D: Database>(
    database: &D,
    now: OffsetDateTime,
    limit: usize,
) -> Result<Vec<UserId>, DatabaseError> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut reader = database.reader().await?;
    let rows = reader.fetch_all(LIST_DUE, values![microseconds(now), limit]).await?;
    let id = |row: &_| Ok(UserId::from_stored(Row::text(row, "user_id")?.unwrap_or_default()));
    rows.iter().map(id).collect()
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
    vec![INSERT, DELETE, DELETE_DUE, FIND, LIST_DUE]
}
