//! The statements on `AspNetUserPasskeys`. A step takes the lock of the account's row first, so that nobody writes a passkey's
//! document between reading and writing it.

use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, SecurityStamp};
use wicketgate_identity::passkey::{CredentialId, UserPasskey};
use wicketgate_identity::store::{AddPasskeyOutcome, LastPasskey, PasskeyUse, RemovePasskeyOutcome};

use super::document;
use crate::accounts::{lock, touch_account};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::events::StepEvent;
use crate::statement::{Statement, statement, values};

/// How many passkeys of a user are listed at most: more than are ever added here.
const MAX_LISTED: i32 = 1_000;

/// The passkey `$2` of the user `$1`. `$document` is the column as a text.
macro_rules! find_passkey {
    ($document:literal) => {
        $crate::statement::statement!(
            concat!(
                r#"SELECT "CredentialId", "#,
                $document,
                r#" AS "Document" FROM "AspNetUserPasskeys" WHERE "UserId" = $1 AND "CredentialId" = $2"#
            ),
            [Id, Bytes]
        )
    };
}
pub(crate) use find_passkey;

/// All passkeys of the user `$1`, at most `$2`.
macro_rules! find_passkeys {
    ($document:literal) => {
        $crate::statement::statement!(
            concat!(
                r#"SELECT "CredentialId", "#,
                $document,
                r#" AS "Document" FROM "AspNetUserPasskeys" WHERE "UserId" = $1 ORDER BY "CredentialId" LIMIT $2"#
            ),
            [Id, Integer]
        )
    };
}
pub(crate) use find_passkeys;

/// Adds the passkey `$1` of the user `$2`. `$document` is `$3` as the column takes it.
macro_rules! insert_passkey {
    ($document:literal) => {
        $crate::statement::statement!(
            concat!(
                r#"INSERT INTO "AspNetUserPasskeys" ("CredentialId", "UserId", "Data") VALUES ($1, $2, "#,
                $document,
                ")"
            ),
            [Bytes, Id, Text]
        )
    };
}
pub(crate) use insert_passkey;

/// Writes the passkey `$2` of the user `$1`. `$document` is `$3` as the column takes it.
macro_rules! update_passkey {
    ($document:literal) => {
        $crate::statement::statement!(
            concat!(
                r#"UPDATE "AspNetUserPasskeys" SET "Data" = "#,
                $document,
                r#" WHERE "UserId" = $1 AND "CredentialId" = $2"#
            ),
            [Id, Bytes, Text]
        )
    };
}
pub(crate) use update_passkey;

const COUNT: Statement = statement!(
    r#"SELECT COUNT(*) AS "Count" FROM "AspNetUserPasskeys" WHERE "UserId" = $1"#,
    [Id]
);
const DELETE: Statement = statement!(
    r#"DELETE FROM "AspNetUserPasskeys" WHERE "UserId" = $1 AND "CredentialId" = $2"#,
    [Id, Bytes]
);
const EXISTS: Statement = statement!(
    r#"SELECT COUNT(*) AS "Count" FROM "AspNetUserPasskeys" WHERE "CredentialId" = $1"#,
    [Bytes]
);

/// A step on a user's passkey.
pub(super) struct Step<'a> {
    pub(super) user: &'a UserId,
    /// The account's next one.
    pub(super) concurrency_stamp: ConcurrencyStamp,
    pub(super) event: StepEvent<'a>,
}

pub(super) async fn add<D: Database>(
    database: &D,
    step: &Step<'_>,
    expected: Option<&SecurityStamp>,
    passkey: &UserPasskey,
    limit: usize,
) -> Result<AddPasskeyOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let Some(account) = lock(&mut transaction, step.user).await? else {
        return Ok(AddPasskeyOutcome::NoAccount);
    };
    if account.state.security_stamp.as_ref() != expected {
        return Ok(AddPasskeyOutcome::AccountChanged);
    }
    // The same passkey again is .NET's refusal, even for somebody who has as many as are allowed.
    let id = passkey.credential_id.as_bytes();
    if count(&mut transaction, EXISTS, values![id]).await? > 0 {
        return Ok(AddPasskeyOutcome::AlreadyRegistered);
    }
    if count(&mut transaction, COUNT, values![step.user]).await? >= limit as u64 {
        return Ok(AddPasskeyOutcome::TooMany);
    }
    let document = document::write(passkey, D::Dialect::PASSKEY_DOCUMENT);
    let values = values![id, step.user, document.as_str()];
    touch_account(&mut transaction, step.user, &step.concurrency_stamp).await?;
    transaction.execute(D::Dialect::INSERT_PASSKEY, values).await?;
    step.event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(AddPasskeyOutcome::Added)
}

async fn count(
    connection: &mut impl Connection,
    statement: Statement,
    values: &[crate::statement::Value<'_>],
) -> Result<u64, DatabaseError> {
    let row = connection.fetch_optional(statement, values).await?;
    let count = row.map(|row| row.integer("Count")).transpose()?.flatten();
    Ok(count.unwrap_or_default().unsigned_abs())
}

pub(super) async fn find<D: Database>(
    database: &D,
    user: &UserId,
    id: &CredentialId,
) -> Result<Option<UserPasskey>, DatabaseError> {
    // PostgreSQL's text cannot hold it: an answer says who signs in, and may say anything.
    if user.as_str().contains('\0') {
        return Ok(None);
    }
    let mut reader = database.reader().await?;
    let values = values![user, id.as_bytes()];
    let row = reader.fetch_optional(D::Dialect::FIND_PASSKEY, values).await?;
    row.map(|row| passkey::<D>(&row)).transpose()
}

pub(super) async fn list<D: Database>(database: &D, user: &UserId) -> Result<Vec<UserPasskey>, DatabaseError> {
    if user.as_str().contains('\0') {
        return Ok(Vec::new());
    }
    let mut reader = database.reader().await?;
    let rows = reader
        .fetch_all(D::Dialect::FIND_PASSKEYS, values![user, MAX_LISTED])
        .await?;
    let mut passkeys: Vec<_> = rows.iter().map(passkey::<D>).collect::<Result<_, _>>()?;
    passkeys.sort_by(|a, b| (a.created_at, &a.credential_id).cmp(&(b.created_at, &b.credential_id)));
    Ok(passkeys)
}

/// Looks at the account under its lock: it may have been locked, or got another password, since the answer was verified.
pub(super) async fn mark_used<D: Database>(
    database: &D,
    step: &Step<'_>,
    used: PasskeyUse<'_>,
) -> Result<bool, DatabaseError> {
    let mut transaction = database.begin().await?;
    let account = lock(&mut transaction, step.user).await?;
    if !account.is_some_and(|account| account.state.may_redeem(used.expected_stamp, used.now)) {
        return Ok(false);
    }
    change_in::<D>(transaction, step, used.id, |passkey, document| {
        (passkey.sign_count == used.expected_sign_count).then(|| document::used(document, used.verified))
    })
    .await
}

/// Writes the document that `change` makes of the passkey and its document; `None` leaves all as it is.
pub(super) async fn change<D: Database>(
    database: &D,
    step: &Step<'_>,
    id: &CredentialId,
    change: impl FnOnce(&UserPasskey, &str) -> Option<Result<String, DatabaseError>> + Send,
) -> Result<bool, DatabaseError> {
    change_in::<D>(database.begin().await?, step, id, change).await
}

async fn change_in<D: Database>(
    mut transaction: D::Transaction,
    step: &Step<'_>,
    id: &CredentialId,
    change: impl FnOnce(&UserPasskey, &str) -> Option<Result<String, DatabaseError>> + Send,
) -> Result<bool, DatabaseError> {
    if !touch_account(&mut transaction, step.user, &step.concurrency_stamp).await? {
        return Ok(false);
    }
    let values = values![step.user, id.as_bytes()];
    let Some(row) = transaction.fetch_optional(D::Dialect::FIND_PASSKEY, values).await? else {
        return Ok(false);
    };
    let changed = change(&passkey::<D>(&row)?, &document_of(&row)?).transpose()?;
    drop(row);
    let Some(document) = changed else {
        return Ok(false);
    };
    let values = values![step.user, id.as_bytes(), document.as_str()];
    transaction.execute(D::Dialect::UPDATE_PASSKEY, values).await?;
    step.event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn remove<D: Database>(
    database: &D,
    step: &Step<'_>,
    id: &CredentialId,
    last: LastPasskey,
) -> Result<RemovePasskeyOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    if !touch_account(&mut transaction, step.user, &step.concurrency_stamp).await?
        || transaction.execute(DELETE, values![step.user, id.as_bytes()]).await? == 0
    {
        return Ok(RemovePasskeyOutcome::NotFound);
    }
    // Not committed: the passkey stays.
    if last == LastPasskey::Stays && count(&mut transaction, COUNT, values![step.user]).await? == 0 {
        return Ok(RemovePasskeyOutcome::Last);
    }
    step.event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(RemovePasskeyOutcome::Removed)
}

fn passkey<D: Database>(row: &impl Row) -> Result<UserPasskey, DatabaseError> {
    let id = row.bytes("CredentialId")?.and_then(CredentialId::new);
    let id = id.ok_or_else(|| DatabaseError::Failed("a passkey in AspNetUserPasskeys has no id".into()))?;
    document::read(id, &document_of(row)?, D::Dialect::PASSKEY_DOCUMENT)
}

fn document_of(row: &impl Row) -> Result<String, DatabaseError> {
    Ok(row.text("Document")?.unwrap_or_default())
}

/// All statements of a kind of database.
#[cfg(test)]
pub(crate) fn statements<D: Dialect>() -> [Statement; 7] {
    [
        D::FIND_PASSKEY,
        D::FIND_PASSKEYS,
        D::INSERT_PASSKEY,
        D::UPDATE_PASSKEY,
        COUNT,
        EXISTS,
        DELETE,
    ]
}
