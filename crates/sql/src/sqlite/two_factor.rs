//! The second factor: .NET keeps the authenticator's key and the recovery codes as tokens of the account.

use sqlx::SqliteConnection;
use subtle::ConstantTimeEq;
use wicketgate_identity::{ConcurrencyStamp, SecurityStamp, UpdateOutcome, UserId};

use super::begin;
use super::credentials::replace_security_stamp;
use super::user_store::update_outcome;
use super::users::touch;

/// The `Name` of a token whose `LoginProvider` is `[AspNetUserStore]`.
#[derive(Clone, Copy)]
enum TokenName {
    AuthenticatorKey,
    /// Joined by `;`.
    RecoveryCodes,
}

impl TokenName {
    fn as_str(self) -> &'static str {
        match self {
            Self::AuthenticatorKey => "AuthenticatorKey",
            Self::RecoveryCodes => "RecoveryCodes",
        }
    }
}

pub(super) const SET_TWO_FACTOR_ENABLED: &str = r#"
    UPDATE "AspNetUsers" SET "TwoFactorEnabled" = ?2, "SecurityStamp" = ?3, "ConcurrencyStamp" = ?4 WHERE "Id" = ?1"#;

pub(super) async fn set_two_factor_enabled(
    connection: &mut SqliteConnection,
    id: &UserId,
    enabled: bool,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let update = sqlx::query(SET_TWO_FACTOR_ENABLED)
        .bind(id.as_str())
        .bind(enabled)
        .bind(stamp.as_str())
        .bind(concurrency_stamp.as_str())
        .execute(connection);
    Ok(update_outcome(&update.await?))
}

pub(super) async fn authenticator_key(connection: &mut SqliteConnection, id: &UserId) -> sqlx::Result<Option<String>> {
    find_token(connection, id, TokenName::AuthenticatorKey).await
}

pub(super) async fn replace_authenticator_key(
    connection: &mut SqliteConnection,
    id: &UserId,
    key: &str,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    if replace_security_stamp(&mut transaction, id, stamp, concurrency_stamp).await? != UpdateOutcome::Updated {
        return Ok(UpdateOutcome::Conflict);
    }
    set_token(&mut transaction, id, TokenName::AuthenticatorKey, key).await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

pub(super) async fn count_recovery_codes(connection: &mut SqliteConnection, id: &UserId) -> sqlx::Result<usize> {
    let codes = find_token(connection, id, TokenName::RecoveryCodes)
        .await?
        .unwrap_or_default();
    Ok(split(&codes).count())
}

pub(super) async fn replace_recovery_codes(
    connection: &mut SqliteConnection,
    id: &UserId,
    codes: &[String],
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<UpdateOutcome> {
    let mut transaction = begin(connection).await?;
    if !touch(&mut transaction, id, concurrency_stamp).await? {
        return Ok(UpdateOutcome::Conflict);
    }
    set_token(&mut transaction, id, TokenName::RecoveryCodes, &codes.join(";")).await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

pub(super) async fn redeem_recovery_code(
    connection: &mut SqliteConnection,
    id: &UserId,
    code: &str,
    concurrency_stamp: &ConcurrencyStamp,
) -> sqlx::Result<bool> {
    let mut transaction = begin(connection).await?;
    let codes = find_token(&mut transaction, id, TokenName::RecoveryCodes)
        .await?
        .unwrap_or_default();
    let (redeemed, left): (Vec<_>, Vec<_>) =
        split(&codes).partition(|kept| bool::from(kept.as_bytes().ct_eq(code.as_bytes())));
    if redeemed.is_empty() {
        return Ok(false);
    }
    set_token(&mut transaction, id, TokenName::RecoveryCodes, &left.join(";")).await?;
    touch(&mut transaction, id, concurrency_stamp).await?;
    transaction.commit().await?;
    Ok(true)
}

fn split(codes: &str) -> impl Iterator<Item = &str> {
    codes.split(';').filter(|code| !code.is_empty())
}

pub(super) const FIND_TOKEN: &str = r#"
    SELECT "Value" FROM "AspNetUserTokens"
    WHERE "UserId" = ?1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = ?2"#;

async fn find_token(connection: &mut SqliteConnection, id: &UserId, name: TokenName) -> sqlx::Result<Option<String>> {
    let value: Option<Option<String>> = sqlx::query_scalar(FIND_TOKEN)
        .bind(id.as_str())
        .bind(name.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(value.flatten())
}

pub(super) const SET_TOKEN: &str = r#"
    INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES (?1, '[AspNetUserStore]', ?2, ?3)
    ON CONFLICT ("UserId", "LoginProvider", "Name") DO UPDATE SET "Value" = excluded."Value""#;

async fn set_token(transaction: &mut SqliteConnection, id: &UserId, name: TokenName, value: &str) -> sqlx::Result<()> {
    sqlx::query(SET_TOKEN)
        .bind(id.as_str())
        .bind(name.as_str())
        .bind(value)
        .execute(transaction)
        .await?;
    Ok(())
}
