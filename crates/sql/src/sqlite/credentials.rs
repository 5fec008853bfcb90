//! What an account is proved with: password, security stamp, address, name and telephone number.

use sqlx::SqliteConnection;
use wicketgate_identity::{
    ConcurrencyStamp, EmailChange, EmailUniqueness, NormalizedName, PasswordHash, SecurityStamp, UpdateOutcome, UserId,
};

use super::begin;
use super::user_store::update_outcome;
use super::users::{is_email_of_another, is_name_of_another};

pub(super) const REHASH_PASSWORD: &str = r#"
    UPDATE "AspNetUsers" SET "PasswordHash" = ?3, "SecurityStamp" = ?4, "ConcurrencyStamp" = ?5
    WHERE "Id" = ?1 AND "PasswordHash" = ?2"#;

pub(super) async fn rehash_password(
    connection: &mut SqliteConnection,
    id: &UserId,
    old: &PasswordHash,
    new: &PasswordHash,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(REHASH_PASSWORD)
        .bind(id.as_str())
        .bind(old.as_str())
        .bind(new.as_str())
        .bind(stamp.as_str())
        .bind(concurrency_stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}

/// `IS` and not `=`: a row may have no stamp, and that is then expected.
pub(super) const REPLACE_PASSWORD: &str = r#"
    UPDATE "AspNetUsers" SET "PasswordHash" = ?3, "SecurityStamp" = ?4, "ConcurrencyStamp" = ?5
    WHERE "Id" = ?1 AND "SecurityStamp" IS ?2"#;

pub(super) async fn replace_password(
    connection: &mut SqliteConnection,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    hash: Option<&PasswordHash>,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(REPLACE_PASSWORD)
        .bind(id.as_str())
        .bind(expected.map(SecurityStamp::as_str))
        .bind(hash.map(PasswordHash::as_str))
        .bind(stamp.as_str())
        .bind(concurrency_stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}

pub(super) const REPLACE_SECURITY_STAMP: &str =
    r#"UPDATE "AspNetUsers" SET "SecurityStamp" = ?2, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1"#;

pub(super) async fn replace_security_stamp(
    connection: &mut SqliteConnection,
    id: &UserId,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(REPLACE_SECURITY_STAMP)
        .bind(id.as_str())
        .bind(stamp.as_str())
        .bind(concurrency_stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}

pub(super) const CONFIRM_EMAIL: &str = r#"
    UPDATE "AspNetUsers" SET "EmailConfirmed" = 1, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1 AND "SecurityStamp" IS ?2"#;

pub(super) async fn confirm_email(
    connection: &mut SqliteConnection,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(CONFIRM_EMAIL)
        .bind(id.as_str())
        .bind(expected.map(SecurityStamp::as_str))
        .bind(concurrency_stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}

pub(super) const CHANGE_EMAIL: &str = r#"
    UPDATE "AspNetUsers"
    SET "Email" = ?3, "NormalizedEmail" = ?4, "EmailConfirmed" = 1, "SecurityStamp" = ?5, "ConcurrencyStamp" = ?6
    WHERE "Id" = ?1 AND "SecurityStamp" IS ?2"#;

/// What the caller saw comes first: who acts on an old stamp need not learn which names and addresses are taken.
pub(super) async fn change_email(
    connection: &mut SqliteConnection,
    id: &UserId,
    expected: Option<&SecurityStamp>,
    change: &EmailChange,
    stamp: &SecurityStamp,
    email: EmailUniqueness,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    let update = sqlx::query(CHANGE_EMAIL)
        .bind(id.as_str())
        .bind(expected.map(SecurityStamp::as_str))
        .bind(change.email.as_str())
        .bind(change.normalized_email.as_str())
        .bind(stamp.as_str())
        .bind(concurrency_stamp.as_str())
        .execute(&mut *transaction);
    if update.await?.rows_affected() == 0 {
        return Ok(UpdateOutcome::Conflict);
    }
    if let Some((name, normalized)) = &change.user_name {
        if is_name_of_another(&mut transaction, normalized, id).await? {
            return Ok(UpdateOutcome::DuplicateUserName);
        }
        let update = sqlx::query(SET_USER_NAME)
            .bind(id.as_str())
            .bind(name.as_str())
            .bind(normalized.as_str())
            .bind(stamp.as_str())
            .bind(concurrency_stamp.as_str())
            .execute(&mut *transaction);
        update.await?;
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
    SET "UserName" = ?2, "NormalizedUserName" = ?3, "SecurityStamp" = ?4, "ConcurrencyStamp" = ?5
    WHERE "Id" = ?1"#;

pub(super) async fn set_user_name(
    connection: &mut SqliteConnection,
    id: &UserId,
    name: &str,
    normalized: &NormalizedName,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    if is_name_of_another(&mut transaction, normalized, id).await? {
        return Ok(UpdateOutcome::DuplicateUserName);
    }
    let update = sqlx::query(SET_USER_NAME)
        .bind(id.as_str())
        .bind(name)
        .bind(normalized.as_str())
        .bind(stamp.as_str())
        .bind(concurrency_stamp.as_str())
        .execute(&mut *transaction);
    let outcome = update_outcome(&update.await?);
    transaction.commit().await?;
    Ok(outcome)
}

pub(super) const SET_PHONE_NUMBER_CONFIRMED: &str =
    r#"UPDATE "AspNetUsers" SET "PhoneNumberConfirmed" = ?2, "ConcurrencyStamp" = ?3 WHERE "Id" = ?1"#;

pub(super) async fn set_phone_number_confirmed(
    connection: &mut SqliteConnection,
    id: &UserId,
    confirmed: bool,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(SET_PHONE_NUMBER_CONFIRMED)
        .bind(id.as_str())
        .bind(confirmed)
        .bind(concurrency_stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}
