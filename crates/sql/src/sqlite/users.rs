//! Accounts as rows of `AspNetUsers`.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use wicketgate_identity::{
    ConcurrencyStamp, CreateOutcome, EmailUniqueness, NormalizedName, PasswordHash, SecurityStamp, User, UserId,
};

use super::{begin, date_time_offset};

macro_rules! select_users {
    ($rest:literal) => {
        concat!(
            r#"SELECT "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "PasswordHash",
                "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
                "LockoutEnd", "LockoutEnabled", "AccessFailedCount"
            FROM "AspNetUsers" "#,
            $rest
        )
    };
}

pub(super) const FIND_BY_ID: &str = select_users!(r#"WHERE "Id" = ?1"#);

pub(super) async fn find_by_id(connection: &mut SqliteConnection, id: &UserId) -> sqlx::Result<Option<User>> {
    let row = sqlx::query(FIND_BY_ID)
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(user).transpose()
}

pub(super) const FIND_BY_NORMALIZED_NAME: &str = select_users!(r#"WHERE "NormalizedUserName" = ?1"#);

pub(super) async fn find_by_normalized_name(
    connection: &mut SqliteConnection,
    name: &NormalizedName,
) -> sqlx::Result<Option<User>> {
    let row = sqlx::query(FIND_BY_NORMALIZED_NAME)
        .bind(name.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(user).transpose()
}

pub(super) const FIND_BY_NORMALIZED_EMAIL: &str = select_users!(r#"WHERE "NormalizedEmail" = ?1 LIMIT 1"#);

pub(super) async fn find_by_normalized_email(
    connection: &mut SqliteConnection,
    email: &NormalizedName,
) -> sqlx::Result<Option<User>> {
    let row = sqlx::query(FIND_BY_NORMALIZED_EMAIL)
        .bind(email.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(user).transpose()
}

/// No name sorts before the empty one; accounts without a name are not listed.
pub(super) const LIST: &str =
    select_users!(r#"WHERE "NormalizedUserName" > ?1 ORDER BY "NormalizedUserName" LIMIT ?2"#);

pub(super) async fn list(
    connection: &mut SqliteConnection,
    after: Option<&NormalizedName>,
    limit: usize,
) -> sqlx::Result<Vec<User>> {
    let rows = sqlx::query(LIST)
        .bind(after.map_or("", NormalizedName::as_str))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    rows.iter().map(user).collect()
}

pub(super) const INSERT: &str = r#"
    INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber", "PhoneNumberConfirmed", "TwoFactorEnabled",
        "LockoutEnd", "LockoutEnabled", "AccessFailedCount")
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"#;

pub(super) async fn create(
    connection: &mut SqliteConnection,
    user: &User,
    email: EmailUniqueness,
) -> sqlx::Result<CreateOutcome> {
    let mut transaction = begin(connection).await?;
    if let Some(name) = &user.normalized_user_name
        && is_name_of_another(&mut transaction, name, &user.id).await?
    {
        return Ok(CreateOutcome::DuplicateUserName);
    }
    if let (Some(address), EmailUniqueness::Required) = (&user.normalized_email, email)
        && is_email_of_another(&mut transaction, address, &user.id).await?
    {
        return Ok(CreateOutcome::DuplicateEmail);
    }
    sqlx::query(INSERT)
        .bind(user.id.as_str())
        .bind(user.user_name.as_deref())
        .bind(user.normalized_user_name.as_ref().map(NormalizedName::as_str))
        .bind(user.email.as_deref())
        .bind(user.normalized_email.as_ref().map(NormalizedName::as_str))
        .bind(user.email_confirmed)
        .bind(user.password_hash.as_ref().map(PasswordHash::as_str))
        .bind(user.security_stamp.as_ref().map(SecurityStamp::as_str))
        .bind(user.concurrency_stamp.as_ref().map(ConcurrencyStamp::as_str))
        .bind(user.phone_number.as_deref())
        .bind(user.phone_number_confirmed)
        .bind(user.two_factor_enabled)
        .bind(user.lockout_end.map(date_time_offset::format))
        .bind(user.lockout_enabled)
        .bind(user.access_failed_count)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(CreateOutcome::Created)
}

/// What belongs to the account goes with it by the foreign keys' `ON DELETE CASCADE`.
pub(super) const DELETE: &str = r#"DELETE FROM "AspNetUsers" WHERE "Id" = ?1"#;

pub(super) async fn delete(connection: &mut SqliteConnection, id: &UserId) -> sqlx::Result<bool> {
    let done = sqlx::query(DELETE).bind(id.as_str()).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

pub(super) const IS_NAME_OF_ANOTHER: &str =
    r#"SELECT EXISTS (SELECT 1 FROM "AspNetUsers" WHERE "NormalizedUserName" = ?1 AND "Id" <> ?2)"#;

/// Asked inside of the transaction that then writes, in which no other can.
pub(super) async fn is_name_of_another(
    transaction: &mut SqliteConnection,
    name: &NormalizedName,
    id: &UserId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(IS_NAME_OF_ANOTHER)
        .bind(name.as_str())
        .bind(id.as_str())
        .fetch_one(transaction)
        .await
}

pub(super) const IS_EMAIL_OF_ANOTHER: &str =
    r#"SELECT EXISTS (SELECT 1 FROM "AspNetUsers" WHERE "NormalizedEmail" = ?1 AND "Id" <> ?2)"#;

/// Asked inside of the transaction that then writes, in which no other can.
pub(super) async fn is_email_of_another(
    transaction: &mut SqliteConnection,
    email: &NormalizedName,
    id: &UserId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(IS_EMAIL_OF_ANOTHER)
        .bind(email.as_str())
        .bind(id.as_str())
        .fetch_one(transaction)
        .await
}

pub(super) const PING: &str = r#"SELECT 1 FROM "AspNetUsers" LIMIT 1"#;

/// Reads from the file, which a statement without a table would not.
pub(super) async fn ping(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query(PING).fetch_optional(connection).await?;
    Ok(())
}

pub(super) const TOUCH: &str = r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = ?2 WHERE "Id" = ?1"#;

/// Gives the row a new concurrency stamp because something that belongs to it changed; `false` if there is no such row.
pub(super) async fn touch(
    transaction: &mut SqliteConnection,
    id: &UserId,
    stamp: &ConcurrencyStamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(TOUCH)
        .bind(id.as_str())
        .bind(stamp.as_str())
        .execute(transaction)
        .await?;
    Ok(done.rows_affected() > 0)
}

fn user(row: &SqliteRow) -> sqlx::Result<User> {
    Ok(User {
        id: UserId::from_stored(row.try_get::<&str, _>("Id")?),
        user_name: row.try_get("UserName")?,
        normalized_user_name: row
            .try_get::<Option<&str>, _>("NormalizedUserName")?
            .map(NormalizedName::from_stored),
        email: row.try_get("Email")?,
        normalized_email: row
            .try_get::<Option<&str>, _>("NormalizedEmail")?
            .map(NormalizedName::from_stored),
        email_confirmed: row.try_get("EmailConfirmed")?,
        password_hash: row
            .try_get::<Option<&str>, _>("PasswordHash")?
            .map(PasswordHash::from_stored),
        security_stamp: row
            .try_get::<Option<&str>, _>("SecurityStamp")?
            .map(SecurityStamp::from_stored),
        concurrency_stamp: row
            .try_get::<Option<&str>, _>("ConcurrencyStamp")?
            .map(ConcurrencyStamp::from_stored),
        phone_number: row.try_get("PhoneNumber")?,
        phone_number_confirmed: row.try_get("PhoneNumberConfirmed")?,
        two_factor_enabled: row.try_get("TwoFactorEnabled")?,
        lockout_end: date_time_offset::get(row, "LockoutEnd")?,
        lockout_enabled: row.try_get("LockoutEnabled")?,
        access_failed_count: row.try_get("AccessFailedCount")?,
    })
}
