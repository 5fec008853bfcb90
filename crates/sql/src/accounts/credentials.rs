//! What an account is proved with: password, security stamp, address, name and telephone number.

use wicketgate_identity::{
    ConcurrencyStamp, EmailChange, EmailUniqueness, NormalizedName, PasswordHash, SecurityStamp, UpdateOutcome, UserId,
};

use super::users::{Taken, find_taken, is_email_of_another, is_name_of_another, touch};
use super::{update, update_outcome};
use crate::database::{Database, Lock, Session, Transaction, values};
use crate::database_error::DatabaseError;

pub(super) const REHASH_PASSWORD: &str = r#"
    UPDATE "AspNetUsers" SET "PasswordHash" = $3, "SecurityStamp" = $4, "ConcurrencyStamp" = $5
    WHERE "Id" = $1 AND "PasswordHash" = $2"#;

pub(super) async fn rehash_password<D: Database>(
    database: &D,
    id: &UserId,
    old: &PasswordHash,
    new: &PasswordHash,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![
        id.as_str(),
        old.as_str(),
        new.as_str(),
        stamp.as_str(),
        concurrency_stamp.as_str(),
    ];
    update(database, REHASH_PASSWORD, values).await
}

/// A row may have no stamp, and that is then expected.
pub(super) const REPLACE_PASSWORD: &str = r#"
    UPDATE "AspNetUsers" SET "PasswordHash" = $3, "SecurityStamp" = $4, "ConcurrencyStamp" = $5
    WHERE "Id" = $1 AND ("SecurityStamp" = $2 OR ("SecurityStamp" IS NULL AND $2 IS NULL))"#;

pub(super) async fn replace_password<D: Database>(
    database: &D,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    hash: Option<&PasswordHash>,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![
        id.as_str(),
        expected.map(SecurityStamp::as_str),
        hash.map(PasswordHash::as_str),
        stamp.as_str(),
        concurrency_stamp.as_str(),
    ];
    update(database, REPLACE_PASSWORD, values).await
}

pub(super) const REPLACE_SECURITY_STAMP: &str =
    r#"UPDATE "AspNetUsers" SET "SecurityStamp" = $2, "ConcurrencyStamp" = $3 WHERE "Id" = $1"#;

pub(super) async fn replace_security_stamp<D: Database>(
    database: &D,
    id: &UserId,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    write_security_stamp(&mut database.writer().await?, id, stamp, concurrency_stamp).await
}

pub(super) async fn write_security_stamp(
    session: &mut impl Session,
    id: &UserId,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![id.as_str(), stamp.as_str(), concurrency_stamp.as_str()];
    Ok(update_outcome(session.execute(REPLACE_SECURITY_STAMP, values).await?))
}

pub(super) const CONFIRM_EMAIL: &str = r#"
    UPDATE "AspNetUsers" SET "EmailConfirmed" = $3, "ConcurrencyStamp" = $4
    WHERE "Id" = $1 AND ("SecurityStamp" = $2 OR ("SecurityStamp" IS NULL AND $2 IS NULL))"#;

pub(super) async fn confirm_email<D: Database>(
    database: &D,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![
        id.as_str(),
        expected.map(SecurityStamp::as_str),
        true,
        concurrency_stamp.as_str(),
    ];
    update(database, CONFIRM_EMAIL, values).await
}

pub(super) const CHANGE_EMAIL: &str = r#"
    UPDATE "AspNetUsers"
    SET "Email" = $3, "NormalizedEmail" = $4, "EmailConfirmed" = $5, "SecurityStamp" = $6, "ConcurrencyStamp" = $7
    WHERE "Id" = $1 AND ("SecurityStamp" = $2 OR ("SecurityStamp" IS NULL AND $2 IS NULL))"#;

pub(super) async fn change_email<D: Database>(
    database: &D,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    change: &EmailChange,
    stamp: &SecurityStamp,
    email: EmailUniqueness,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let transaction = database.begin().await?;
    let changed = change_email_in(transaction, id, expected, change, stamp, email, concurrency_stamp).await;
    let name = change.user_name.as_ref().map(|(_, normalized)| normalized);
    explain_duplicate(database, changed, id, name, Some(&change.normalized_email)).await
}

/// Names what another account has where a unique index refused the change.
async fn explain_duplicate<D: Database>(
    database: &D,
    outcome: Result<UpdateOutcome, DatabaseError>,
    id: &UserId,
    name: Option<&NormalizedName>,
    email: Option<&NormalizedName>,
) -> Result<UpdateOutcome, DatabaseError> {
    let Err(DatabaseError::Duplicate(reason)) = outcome else {
        return outcome;
    };
    match find_taken(database, id, name, email).await? {
        Some(Taken::UserName) => Ok(UpdateOutcome::DuplicateUserName),
        Some(Taken::Email) => Ok(UpdateOutcome::DuplicateEmail),
        None => Err(DatabaseError::Duplicate(reason)),
    }
}

/// What the caller saw comes first: who acts on an old stamp need not learn which names and addresses are taken.
async fn change_email_in(
    mut transaction: impl Transaction,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    change: &EmailChange,
    stamp: &SecurityStamp,
    email: EmailUniqueness,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    if email == EmailUniqueness::Required {
        transaction
            .lock(Lock::Address(change.normalized_email.as_str()))
            .await?;
    }
    let values = values![
        id.as_str(),
        expected.map(SecurityStamp::as_str),
        change.email.as_str(),
        change.normalized_email.as_str(),
        true,
        stamp.as_str(),
        concurrency_stamp.as_str(),
    ];
    if transaction.execute(CHANGE_EMAIL, values).await? == 0 {
        return Ok(UpdateOutcome::Conflict);
    }
    if let Some((name, normalized)) = &change.user_name {
        if is_name_of_another(&mut transaction, normalized, id).await? {
            return Ok(UpdateOutcome::DuplicateUserName);
        }
        write_user_name(&mut transaction, id, name, normalized, stamp, concurrency_stamp).await?;
    }
    if email == EmailUniqueness::Required && is_email_of_another(&mut transaction, &change.normalized_email, id).await?
    {
        return Ok(UpdateOutcome::DuplicateEmail);
    }
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

pub(super) const SET_USER_NAME: &str = r#"
    UPDATE "AspNetUsers"
    SET "UserName" = $2, "NormalizedUserName" = $3, "SecurityStamp" = $4, "ConcurrencyStamp" = $5
    WHERE "Id" = $1"#;

pub(super) async fn set_user_name<D: Database>(
    database: &D,
    id: &UserId,
    name: &str,
    normalized: &NormalizedName,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    if !touch(&mut transaction, id, concurrency_stamp).await? {
        return Ok(UpdateOutcome::Conflict);
    }
    if is_name_of_another(&mut transaction, normalized, id).await? {
        return Ok(UpdateOutcome::DuplicateUserName);
    }
    write_user_name(&mut transaction, id, name, normalized, stamp, concurrency_stamp).await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

async fn write_user_name(
    transaction: &mut impl Transaction,
    id: &UserId,
    name: &str,
    normalized: &NormalizedName,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<(), DatabaseError> {
    let values = values![
        id.as_str(),
        name,
        normalized.as_str(),
        stamp.as_str(),
        concurrency_stamp.as_str(),
    ];
    transaction.execute(SET_USER_NAME, values).await?;
    Ok(())
}

pub(super) const SET_PHONE_NUMBER_CONFIRMED: &str =
    r#"UPDATE "AspNetUsers" SET "PhoneNumberConfirmed" = $2, "ConcurrencyStamp" = $3 WHERE "Id" = $1"#;

pub(super) async fn set_phone_number_confirmed<D: Database>(
    database: &D,
    id: &UserId,
    confirmed: bool,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![id.as_str(), confirmed, concurrency_stamp.as_str()];
    update(database, SET_PHONE_NUMBER_CONFIRMED, values).await
}
