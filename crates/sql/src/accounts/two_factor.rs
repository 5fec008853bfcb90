//! The second factor: .NET keeps the authenticator's key and the recovery codes as tokens of the account.

use subtle::ConstantTimeEq;
use wicketgate_identity::{ConcurrencyStamp, SecurityStamp, UpdateOutcome, UserId};

use super::credentials::write_security_stamp;
use super::update;
use super::users::touch;
use crate::database::{Database, Row, Session, Transaction, values};
use crate::database_error::DatabaseError;

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
    UPDATE "AspNetUsers" SET "TwoFactorEnabled" = $2, "SecurityStamp" = $3, "ConcurrencyStamp" = $4 WHERE "Id" = $1"#;

pub(super) async fn set_two_factor_enabled<D: Database>(
    database: &D,
    id: &UserId,
    enabled: bool,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let values = values![id.as_str(), enabled, stamp.as_str(), concurrency_stamp.as_str()];
    update(database, SET_TWO_FACTOR_ENABLED, values).await
}

pub(super) async fn authenticator_key<D: Database>(database: &D, id: &UserId) -> Result<Option<String>, DatabaseError> {
    find_token(&mut database.reader().await?, id, TokenName::AuthenticatorKey).await
}

pub(super) async fn replace_authenticator_key<D: Database>(
    database: &D,
    id: &UserId,
    key: &str,
    stamp: &SecurityStamp,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    if write_security_stamp(&mut transaction, id, stamp, concurrency_stamp).await? != UpdateOutcome::Updated {
        return Ok(UpdateOutcome::Conflict);
    }
    set_token(&mut transaction, id, TokenName::AuthenticatorKey, key).await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

pub(super) async fn count_recovery_codes<D: Database>(database: &D, id: &UserId) -> Result<usize, DatabaseError> {
    let codes = find_token(&mut database.reader().await?, id, TokenName::RecoveryCodes).await?;
    Ok(split(&codes.unwrap_or_default()).count())
}

pub(super) async fn replace_recovery_codes<D: Database>(
    database: &D,
    id: &UserId,
    codes: &[String],
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<UpdateOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    if !touch(&mut transaction, id, concurrency_stamp).await? {
        return Ok(UpdateOutcome::Conflict);
    }
    set_token(&mut transaction, id, TokenName::RecoveryCodes, &codes.join(";")).await?;
    transaction.commit().await?;
    Ok(UpdateOutcome::Updated)
}

/// For a wrong code the new stamp is rolled back.
///
/// The codes are written only over those that were read, whatever becomes of the account's lock.
pub(super) async fn redeem_recovery_code<D: Database>(
    database: &D,
    id: &UserId,
    code: &str,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<bool, DatabaseError> {
    let mut transaction = database.begin().await?;
    if !touch(&mut transaction, id, concurrency_stamp).await? {
        return Ok(false);
    }
    let codes = find_token(&mut transaction, id, TokenName::RecoveryCodes)
        .await?
        .unwrap_or_default();
    let (redeemed, left): (Vec<_>, Vec<_>) =
        split(&codes).partition(|kept| bool::from(kept.as_bytes().ct_eq(code.as_bytes())));
    if redeemed.is_empty() {
        return Ok(false);
    }
    let (name, left) = (TokenName::RecoveryCodes.as_str(), left.join(";"));
    let values = values![id.as_str(), name, codes.as_str(), left.as_str()];
    if transaction.execute(REDEEM_TOKEN, values).await? == 0 {
        return Err(DatabaseError::Conflict("the recovery codes changed meanwhile".into()));
    }
    transaction.commit().await?;
    Ok(true)
}

fn split(codes: &str) -> impl Iterator<Item = &str> {
    codes.split(';').filter(|code| !code.is_empty())
}

pub(super) const FIND_TOKEN: &str = r#"
    SELECT "Value" FROM "AspNetUserTokens"
    WHERE "UserId" = $1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = $2"#;

async fn find_token(session: &mut impl Session, id: &UserId, name: TokenName) -> Result<Option<String>, DatabaseError> {
    let row = session
        .fetch_optional(FIND_TOKEN, values![id.as_str(), name.as_str()])
        .await?;
    Ok(row.map(|row| row.text("Value")).transpose()?.flatten())
}

pub(super) const REDEEM_TOKEN: &str = r#"
    UPDATE "AspNetUserTokens" SET "Value" = $4
    WHERE "UserId" = $1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = $2 AND "Value" = $3"#;
pub(super) const UPDATE_TOKEN: &str = r#"
    UPDATE "AspNetUserTokens" SET "Value" = $3
    WHERE "UserId" = $1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = $2"#;
pub(super) const INSERT_TOKEN: &str = r#"
    INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES ($1, '[AspNetUserStore]', $2, $3)"#;

/// Nobody else writes the account's tokens meanwhile: the transaction has its row's lock.
async fn set_token(
    transaction: &mut impl Transaction,
    id: &UserId,
    name: TokenName,
    value: &str,
) -> Result<(), DatabaseError> {
    let values = values![id.as_str(), name.as_str(), value];
    if transaction.execute(UPDATE_TOKEN, values).await? == 0 {
        transaction.execute(INSERT_TOKEN, values).await?;
    }
    Ok(())
}
