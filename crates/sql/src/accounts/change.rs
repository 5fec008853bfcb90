//! Changes of one account: each is one statement where one will do, and otherwise a transaction.

use wicketgate_identity::{Change, ChangeOutcome, ConcurrencyStamp, Expected, PasswordHash, SecurityStamp, UserId};
use wicketgate_protection::Random;

use super::{claims, credentials, two_factor};
use crate::database::{Connection, Database, Transaction, Value, values};
use crate::database_error::DatabaseError;

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

pub(super) async fn change<D: Database>(
    database: &D,
    target: Target<'_>,
    change: &Change,
    random: &dyn Random,
) -> Result<ChangeOutcome, DatabaseError> {
    match change {
        Change::Password { hash, stamp } => {
            let hash = hash.as_ref().map(PasswordHash::as_str);
            update(database, PASSWORD, target, values![hash, stamp.as_str()]).await
        }
        Change::SecurityStamp(stamp) => update(database, SECURITY_STAMP, target, values![stamp.as_str()]).await,
        Change::EmailConfirmed => update(database, EMAIL_CONFIRMED, target, values![true]).await,
        Change::PhoneNumberConfirmed(confirmed) => {
            update(database, PHONE_NUMBER_CONFIRMED, target, values![*confirmed]).await
        }
        Change::TwoFactorEnabled {
            enabled,
            first_recovery_codes: None,
            stamp,
        } => update(database, TWO_FACTOR_ENABLED, target, values![*enabled, stamp.as_str()]).await,
        Change::TwoFactorEnabled {
            enabled,
            first_recovery_codes: Some(codes),
            stamp,
        } => two_factor::switch_with_codes(database, target, *enabled, codes, stamp).await,
        Change::LockoutEnd(end) => update(database, LOCKOUT_END, target, values![*end]).await,
        Change::LockoutEnabled(enabled) => update(database, LOCKOUT_ENABLED, target, values![*enabled]).await,
        Change::Email {
            email,
            uniqueness,
            stamp,
        } => credentials::change_email(database, target, email, *uniqueness, stamp).await,
        Change::UserName {
            name,
            normalized,
            stamp,
        } => credentials::set_user_name(database, target, name, normalized, stamp).await,
        Change::AuthenticatorKey { key, stamp } => {
            two_factor::replace_authenticator_key(database, target, key, stamp).await
        }
        Change::RecoveryCodes(codes) => two_factor::replace_recovery_codes(database, target, codes).await,
        Change::AddRole { name, normalized } => claims::add_role(database, target, name, normalized, random).await,
        Change::RemoveRole(normalized) => claims::remove_role(database, target, normalized).await,
        Change::AddClaim { claim_type, value } => claims::add_claim(database, target, claim_type, value).await,
        Change::RemoveClaim { claim_type, value } => claims::remove_claim(database, target, claim_type, value).await,
    }
}

/// A statement for each thing that can be expected of the account's row.
pub(super) struct Update {
    always: &'static str,
    if_security_stamp: &'static str,
    if_password_hash: &'static str,
}

/// `$set` has the parameters from `$3` on, and what is expected is `$expected`. A row may have no stamp, and that is then
/// expected.
macro_rules! update_user {
    ($set:literal, $expected:literal) => {
        Update {
            always: concat!(
                r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                $set,
                r#" WHERE "Id" = $1"#
            ),
            if_security_stamp: concat!(
                r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                $set,
                r#" WHERE "Id" = $1 AND ("SecurityStamp" = "#,
                $expected,
                r#" OR ("SecurityStamp" IS NULL AND "#,
                $expected,
                " IS NULL))"
            ),
            if_password_hash: concat!(
                r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2, "#,
                $set,
                r#" WHERE "Id" = $1 AND "PasswordHash" = "#,
                $expected
            ),
        }
    };
}

pub(super) const PASSWORD: Update = update_user!(r#""PasswordHash" = $3, "SecurityStamp" = $4"#, "$5");
pub(super) const SECURITY_STAMP: Update = update_user!(r#""SecurityStamp" = $3"#, "$4");
pub(super) const EMAIL_CONFIRMED: Update = update_user!(r#""EmailConfirmed" = $3"#, "$4");
pub(super) const EMAIL: Update = update_user!(
    r#""Email" = $3, "NormalizedEmail" = $4, "EmailConfirmed" = $5, "SecurityStamp" = $6"#,
    "$7"
);
pub(super) const USER_NAME: Update = update_user!(
    r#""UserName" = $3, "NormalizedUserName" = $4, "SecurityStamp" = $5"#,
    "$6"
);
pub(super) const PHONE_NUMBER_CONFIRMED: Update = update_user!(r#""PhoneNumberConfirmed" = $3"#, "$4");
pub(super) const TWO_FACTOR_ENABLED: Update = update_user!(r#""TwoFactorEnabled" = $3, "SecurityStamp" = $4"#, "$5");
pub(super) const LOCKOUT_END: Update = update_user!(r#""LockoutEnd" = $3"#, "$4");
pub(super) const LOCKOUT_ENABLED: Update = update_user!(r#""LockoutEnabled" = $3"#, "$4");

/// No more than a new concurrency stamp, because something that belongs to the account changes.
pub(super) const TOUCH: Update = Update {
    always: r#"UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2 WHERE "Id" = $1"#,
    if_security_stamp: r#"
        UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2
        WHERE "Id" = $1 AND ("SecurityStamp" = $3 OR ("SecurityStamp" IS NULL AND $3 IS NULL))"#,
    if_password_hash: r#"
        UPDATE "AspNetUsers" SET "ConcurrencyStamp" = $2 WHERE "Id" = $1 AND "PasswordHash" = $3"#,
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
        let mut values = vec![target.id.as_str().into(), target.concurrency_stamp.as_str().into()];
        values.extend_from_slice(set);
        let statement = match target.expected {
            Expected::Account | Expected::RecoveryCodes(_) => self.always,
            Expected::SecurityStamp(stamp) => {
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
        self.run(transaction, target, set).await
    }

    #[cfg(test)]
    pub(super) const fn statements(&self) -> [&'static str; 3] {
        [self.always, self.if_security_stamp, self.if_password_hash]
    }
}

/// Takes the lock of the account's row, and looks whether the account is as expected.
pub(super) async fn touch(transaction: &mut impl Transaction, target: Target<'_>) -> Result<bool, DatabaseError> {
    if !TOUCH.run(transaction, target, &[]).await? {
        return Ok(false);
    }
    match target.expected {
        Expected::RecoveryCodes(seen) => Ok(two_factor::find_recovery_codes(transaction, target.id).await? == *seen),
        Expected::Account | Expected::SecurityStamp(_) | Expected::PasswordHash(_) => Ok(true),
    }
}

/// A change of one statement, unless more is expected than the row says.
async fn update<D: Database>(
    database: &D,
    statement: Update,
    target: Target<'_>,
    set: &[Value<'_>],
) -> Result<ChangeOutcome, DatabaseError> {
    let is_changed = match target.expected {
        Expected::RecoveryCodes(_) => {
            let mut transaction = database.begin().await?;
            let is_changed = statement.run_if_expected(&mut transaction, target, set).await?;
            transaction.commit().await?;
            is_changed
        }
        _ => statement.run(&mut database.writer().await?, target, set).await?,
    };
    Ok(match is_changed {
        true => ChangeOutcome::Changed,
        false => ChangeOutcome::Conflict,
    })
}
