//! The tokens of an account, as which .NET keeps the authenticator's key and the recovery codes.

use wicketgate_identity::UserId;
use wicketgate_identity::second_factor::RecoveryCodes;

use crate::database::{Connection, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement, values};

/// The `Name` of a token whose `LoginProvider` is `[AspNetUserStore]`.
#[derive(Clone, Copy)]
pub(super) enum TokenName {
    AuthenticatorKey,
    /// Joined by `;`.
    RecoveryCodes,
}

impl TokenName {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AuthenticatorKey => "AuthenticatorKey",
            Self::RecoveryCodes => "RecoveryCodes",
        }
    }
}

pub(super) async fn find_recovery_codes(
    connection: &mut impl Connection,
    id: &UserId,
) -> Result<RecoveryCodes, DatabaseError> {
    let codes = find_token(connection, id, TokenName::RecoveryCodes).await?;
    Ok(RecoveryCodes::from_stored(&codes.unwrap_or_default()))
}

pub(super) const FIND_TOKEN: Statement = statement!(
    r#"
    SELECT "Value" FROM "AspNetUserTokens"
    WHERE "UserId" = $1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = $2"#,
    [Id, Text]
);

pub(super) async fn find_token(
    connection: &mut impl Connection,
    id: &UserId,
    name: TokenName,
) -> Result<Option<String>, DatabaseError> {
    let row = connection
        .fetch_optional(FIND_TOKEN, values![id, name.as_str()])
        .await?;
    Ok(row.map(|row| row.text("Value")).transpose()?.flatten())
}

/// Replaces what somebody has read.
pub(super) const REDEEM_TOKEN: Statement = statement!(
    r#"
    UPDATE "AspNetUserTokens" SET "Value" = $4
    WHERE "UserId" = $1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = $2 AND "Value" = $3"#,
    [Id, Text, Text, Text]
);
pub(super) const UPDATE_TOKEN: Statement = statement!(
    r#"
    UPDATE "AspNetUserTokens" SET "Value" = $3
    WHERE "UserId" = $1 AND "LoginProvider" = '[AspNetUserStore]' AND "Name" = $2"#,
    [Id, Text, Text]
);
pub(super) const INSERT_TOKEN: Statement = statement!(
    r#"
    INSERT INTO "AspNetUserTokens" ("UserId", "LoginProvider", "Name", "Value")
    VALUES ($1, '[AspNetUserStore]', $2, $3)"#,
    [Id, Text, Text]
);

pub(super) async fn set_recovery_codes(
    transaction: &mut impl Transaction,
    id: &UserId,
    codes: &RecoveryCodes,
) -> Result<(), DatabaseError> {
    set_token(transaction, id, TokenName::RecoveryCodes, &codes.to_stored()).await
}

/// Nobody else writes the account's tokens meanwhile: the transaction has its row's lock.
pub(super) async fn set_token(
    transaction: &mut impl Transaction,
    id: &UserId,
    name: TokenName,
    value: &str,
) -> Result<(), DatabaseError> {
    let values = values![id, name.as_str(), value];
    if transaction.execute(UPDATE_TOKEN, values).await? == 0 {
        transaction.execute(INSERT_TOKEN, values).await?;
    }
    Ok(())
}
