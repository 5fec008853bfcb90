//! Changes of an account's row, which happen only if the account is as expected.

use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, Expected, SecurityStamp};

use super::tokens;
use crate::database::{Connection, Transaction};
use crate::database_error::DatabaseError;
use crate::secrets;
use crate::statement::{Statement, Value, statement};

/// Which account changes, and what its row gets with every change.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) id: &'a UserId,
    pub(super) expected: Expected<'a>,
    pub(super) concurrency_stamp: &'a ConcurrencyStamp,
}

impl Target<'_> {
    /// For what follows in a transaction that holds the row's lock, once the account was as expected.
    pub(super) fn as_is(self) -> Self {
        Self {
            expected: Expected::Account,
            ..self
        }
    }
}

/// A statement for each thing that can be expected of the account's row.
pub(super) struct Update {
    always: Statement,
    if_security_stamp: Statement,
    if_password_hash: Statement,
}

/// `$set` has the parameters from `$3` on, of these kinds, and what is expected is `$expected`. A row may have no stamp, and
/// that is then expected.
macro_rules! update_user {
    ($set:literal, [$($parameter:ident),*], $expected:literal) => {
        Update {
            always: statement!(
                concat!(
                    r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                    $set,
                    r#" WHERE "Id" = $1"#
                ),
                [Id, Text $(, $parameter)*]
            ),
            if_security_stamp: statement!(
                concat!(
                    r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                    $set,
                    r#" WHERE "Id" = $1 AND ("SecurityStamp" = "#,
                    $expected,
                    r#" OR ("SecurityStamp" IS NULL AND "#,
                    $expected,
                    " IS NULL))"
                ),
                [Id, Text $(, $parameter)*, NullableText]
            ),
            if_password_hash: statement!(
                concat!(
                    r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                    $set,
                    r#" WHERE "Id" = $1 AND "PasswordHash" = "#,
                    $expected
                ),
                [Id, Text $(, $parameter)*, Text]
            ),
        }
    };
}

pub(super) const PASSWORD: Update = update_user!(
    r#""PasswordHash" = $3, "SecurityStamp" = $4"#,
    [NullableText, Text],
    "$5"
);
pub(super) const PASSWORD_HASH: Update = update_user!(r#""PasswordHash" = $3"#, [Text], "$4");
pub(super) const SECURITY_STAMP: Update = update_user!(r#""SecurityStamp" = $3"#, [Text], "$4");
pub(super) const EMAIL_CONFIRMED: Update = update_user!(r#""EmailConfirmed" = $3"#, [Boolean], "$4");
pub(super) const EMAIL: Update = update_user!(
    r#""Email" = $3, "NormalizedEmail" = $4, "EmailConfirmed" = $5, "SecurityStamp" = $6"#,
    [Text, Text, Boolean, Text],
    "$7"
);
pub(super) const USER_NAME: Update = update_user!(
    r#""UserName" = $3, "NormalizedUserName" = $4, "SecurityStamp" = $5"#,
    [Text, Text, Text],
    "$6"
);
pub(super) const PHONE_NUMBER_CONFIRMED: Update = update_user!(r#""PhoneNumberConfirmed" = $3"#, [Boolean], "$4");
pub(super) const TWO_FACTOR_ENABLED: Update = update_user!(
    r#""TwoFactorEnabled" = $3, "SecurityStamp" = $4"#,
    [Boolean, Text],
    "$5"
);
pub(super) const LOCKOUT_END: Update = update_user!(r#""LockoutEnd" = $3"#, [NullableInstant], "$4");
pub(super) const LOCKOUT_ENABLED: Update = update_user!(r#""LockoutEnabled" = $3"#, [Boolean], "$4");

/// No more than a new concurrency stamp, because something that belongs to the account changes.
pub(super) const TOUCH: Update = Update {
    always: statement!(
        r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2 WHERE "Id" = $1"#,
        [Id, Text]
    ),
    if_security_stamp: statement!(
        r#"
        UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2
        WHERE "Id" = $1 AND ("SecurityStamp" = $3 OR ("SecurityStamp" IS NULL AND $3 IS NULL))"#,
        [Id, Text, NullableText]
    ),
    if_password_hash: statement!(
        r#"
        UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2 WHERE "Id" = $1 AND "PasswordHash" = $3"#,
        [Id, Text, Text]
    ),
};

impl Update {
    /// Runs it with `set` for the parameters from `$3` on; whether a row was there and as expected. What is expected beside
    /// the row is for [`touch`] to look at.
    pub(super) async fn run(
        &self,
        connection: &mut impl Connection,
        target: Target<'_>,
        set: &[Value<'_>],
    ) -> Result<bool, DatabaseError> {
        let mut values = vec![Value::from(target.id), target.concurrency_stamp.as_str().into()];
        values.extend_from_slice(set);
        let statement = match target.expected {
            Expected::Account | Expected::RecoveryCodes(_) => self.always,
            Expected::SecurityStamp(stamp) | Expected::Redeeming { stamp, .. } => {
                values.push(stamp.map(SecurityStamp::as_str).into());
                self.if_security_stamp
            }
            Expected::PasswordHash(hash) => {
                values.push(hash.as_str().into());
                self.if_password_hash
            }
        };
        Ok(connection.execute(statement, &values).await? > 0)
    }

    /// As [`run`](Self::run) in a transaction, for whatever is expected.
    pub(super) async fn run_if_expected(
        &self,
        transaction: &mut impl Transaction,
        target: Target<'_>,
        set: &[Value<'_>],
    ) -> Result<bool, DatabaseError> {
        if let Expected::RecoveryCodes(_) = target.expected
            && !touch(transaction, target).await?
        {
            return Ok(false);
        }
        Ok(self.run(transaction, target, set).await? && redeem(transaction, target).await?)
    }

    #[cfg(test)]
    pub(super) const fn statements(&self) -> [Statement; 3] {
        [self.always, self.if_security_stamp, self.if_password_hash]
    }
}

/// Takes the lock of the account's row, and looks whether the account is as expected.
pub(super) async fn touch(transaction: &mut impl Transaction, target: Target<'_>) -> Result<bool, DatabaseError> {
    if !TOUCH.run(transaction, target, &[]).await? {
        return Ok(false);
    }
    match target.expected {
        Expected::RecoveryCodes(seen) => Ok(tokens::find_recovery_codes(transaction, target.id).await? == *seen),
        Expected::Redeeming { .. } => redeem(transaction, target).await,
        Expected::Account | Expected::SecurityStamp(_) | Expected::PasswordHash(_) => Ok(true),
    }
}

/// Redeems the secret, if the change does so; whether it could. If not, the transaction must not be committed.
async fn redeem(transaction: &mut impl Transaction, target: Target<'_>) -> Result<bool, DatabaseError> {
    match target.expected {
        Expected::Redeeming { secret, .. } => Ok(secrets::redeem_in(transaction, secret).await?.is_some()),
        _ => Ok(true),
    }
}
