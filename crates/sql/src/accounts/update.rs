//! Changes of an account's row, which happen only if the account is as expected.

use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, Expected, SecurityStamp};
use wicketgate_identity::store::ChangeOutcome;

use super::tokens;
use crate::database::{Connection, Transaction};
use crate::database_error::DatabaseError;
use crate::secrets;
use crate::statement::{Statement, Value, statement};

/// Which account changes, and what its row gets with every change.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) id: &'a UserId,
    pub(crate) expected: Expected<'a>,
    pub(crate) concurrency_stamp: &'a ConcurrencyStamp,
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
pub(crate) struct Update {
    always: Statement,
    if_security_stamp: Statement,
    if_password_hash: Statement,
}

/// `$set` has the parameters from `$3` on, of these kinds. The stamp that is expected is `$stamp`, and the hash `$hash`. A row may
/// have no stamp, and that is then expected.
macro_rules! update_user {
    ($set:literal, [$($parameter:ident),*], $stamp:literal, $hash:literal) => {
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
                    $stamp,
                    r#" OR ("SecurityStamp" IS NULL AND "#,
                    $stamp,
                    " IS NULL))"
                ),
                [Id, Text $(, $parameter)*, NullableText]
            ),
            if_password_hash: statement!(
                concat!(
                    r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                    $set,
                    r#" WHERE "Id" = $1 AND ("SecurityStamp" = "#,
                    $stamp,
                    r#" OR ("SecurityStamp" IS NULL AND "#,
                    $stamp,
                    r#" IS NULL)) AND "PasswordHash" = "#,
                    $hash
                ),
                [Id, Text $(, $parameter)*, NullableText, Text]
            ),
        }
    };
}

pub(super) const PASSWORD: Update = update_user!(
    r#""PasswordHash" = $3, "SecurityStamp" = $4"#,
    [NullableText, Text],
    "$5",
    "$6"
);
pub(super) const PASSWORD_HASH: Update = update_user!(r#""PasswordHash" = $3"#, [Text], "$4", "$5");
pub(super) const SECURITY_STAMP: Update = update_user!(r#""SecurityStamp" = $3"#, [Text], "$4", "$5");
pub(super) const EMAIL_CONFIRMED: Update = update_user!(r#""EmailConfirmed" = $3"#, [Boolean], "$4", "$5");
pub(super) const EMAIL: Update = update_user!(
    r#""Email" = $3, "NormalizedEmail" = $4, "EmailConfirmed" = $5, "SecurityStamp" = $6"#,
    [Text, Text, Boolean, Text],
    "$7",
    "$8"
);
pub(super) const USER_NAME: Update = update_user!(
    r#""UserName" = $3, "NormalizedUserName" = $4, "SecurityStamp" = $5"#,
    [Text, Text, Text],
    "$6",
    "$7"
);
pub(super) const PHONE_NUMBER_CONFIRMED: Update = update_user!(r#""PhoneNumberConfirmed" = $3"#, [Boolean], "$4", "$5");
pub(super) const TWO_FACTOR_ENABLED: Update = update_user!(
    r#""TwoFactorEnabled" = $3, "SecurityStamp" = $4"#,
    [Boolean, Text],
    "$5",
    "$6"
);
pub(super) const LOCKOUT_END: Update = update_user!(r#""LockoutEnd" = $3"#, [NullableInstant], "$4", "$5");
/// The failures so far are forgotten with the lockout.
pub(super) const UNLOCK: Update = update_user!(
    r#""LockoutEnd" = $3, "AccessFailedCount" = 0"#,
    [NullableInstant],
    "$4",
    "$5"
);
pub(super) const LOCKOUT_ENABLED: Update = update_user!(r#""LockoutEnabled" = $3"#, [Boolean], "$4", "$5");

/// Of an account that is to be deleted.
pub(crate) const CLOSED: Update = update_user!(
    r#""LockoutEnabled" = $3, "LockoutEnd" = $4, "SecurityStamp" = $5"#,
    [Boolean, NullableInstant, Text],
    "$6",
    "$7"
);
/// Of one that is not to be deleted any more. The failures so far are forgotten.
pub(crate) const RESTORED: Update = update_user!(
    r#""LockoutEnabled" = $3, "LockoutEnd" = $4, "AccessFailedCount" = 0"#,
    [Boolean, NullableInstant],
    "$5",
    "$6"
);

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
        UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2
        WHERE "Id" = $1 AND ("SecurityStamp" = $3 OR ("SecurityStamp" IS NULL AND $3 IS NULL)) AND "PasswordHash" = $4"#,
        [Id, Text, NullableText, Text]
    ),
};

impl Update {
    /// Runs it with `set` for the parameters from `$3` on: `Changed`, or a conflict if no row was there and as expected. What is
    /// expected beside the row is for [`touch`] to look at.
    pub(crate) async fn run(
        &self,
        connection: &mut impl Connection,
        target: Target<'_>,
        set: &[Value<'_>],
    ) -> Result<ChangeOutcome, DatabaseError> {
        let mut values = vec![Value::from(target.id), target.concurrency_stamp.as_str().into()];
        values.extend_from_slice(set);
        let statement = match target.expected {
            Expected::Account | Expected::RecoveryCodes(_) => self.always,
            Expected::SecurityStamp(stamp) | Expected::Redeeming { stamp, .. } => {
                values.push(stamp.map(SecurityStamp::as_str).into());
                self.if_security_stamp
            }
            Expected::PasswordHash { hash, stamp } => {
                values.push(stamp.map(SecurityStamp::as_str).into());
                values.push(hash.as_str().into());
                self.if_password_hash
            }
        };
        Ok(match connection.execute(statement, &values).await? {
            0 => ChangeOutcome::Conflict,
            _ => ChangeOutcome::Changed,
        })
    }

    /// As [`run`](Self::run) in a transaction, for whatever is expected. Unless the answer is `Changed`, the transaction must not be
    /// committed.
    pub(super) async fn run_if_expected(
        &self,
        transaction: &mut impl Transaction,
        target: Target<'_>,
        set: &[Value<'_>],
    ) -> Result<ChangeOutcome, DatabaseError> {
        let seen = match target.expected {
            Expected::RecoveryCodes(_) => touch(transaction, target).await?,
            _ => ChangeOutcome::Changed,
        };
        if seen != ChangeOutcome::Changed {
            return Ok(seen);
        }
        match self.run(transaction, target, set).await? {
            ChangeOutcome::Changed => redeem(transaction, target).await,
            refused => Ok(refused),
        }
    }

    #[cfg(test)]
    pub(super) const fn statements(&self) -> [Statement; 3] {
        [self.always, self.if_security_stamp, self.if_password_hash]
    }
}

/// Takes the lock of the account's row, and looks whether the account is as expected: `Changed` if so. If not, the transaction must
/// not be committed.
pub(super) async fn touch(
    transaction: &mut impl Transaction,
    target: Target<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let touched = TOUCH.run(transaction, target, &[]).await?;
    match target.expected {
        _ if touched != ChangeOutcome::Changed => Ok(touched),
        Expected::RecoveryCodes(seen) => match tokens::find_recovery_codes(transaction, target.id).await? == *seen {
            true => Ok(touched),
            false => Ok(ChangeOutcome::Conflict),
        },
        _ => redeem(transaction, target).await,
    }
}

/// The same for what is kept beside accounts: whether there is the account.
pub(crate) async fn touch_account(
    transaction: &mut impl Transaction,
    id: &UserId,
    concurrency_stamp: &ConcurrencyStamp,
) -> Result<bool, DatabaseError> {
    let target = Target {
        id,
        expected: Expected::Account,
        concurrency_stamp,
    };
    Ok(TOUCH.run(transaction, target, &[]).await? == ChangeOutcome::Changed)
}

/// Redeems the secret, if the change does so.
async fn redeem(transaction: &mut impl Transaction, target: Target<'_>) -> Result<ChangeOutcome, DatabaseError> {
    match target.expected {
        Expected::Redeeming { secret, .. } if secrets::redeem_in(transaction, secret).await?.is_none() => {
            Ok(ChangeOutcome::AlreadyRedeemed)
        }
        _ => Ok(ChangeOutcome::Changed),
    }
}
