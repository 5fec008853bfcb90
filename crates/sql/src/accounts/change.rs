//! Changes of one account: each is one statement where one will do and no event is kept, and otherwise a transaction.

use time::OffsetDateTime;
use wicketgate_identity::PasswordHash;
use wicketgate_identity::account::Change;
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_protection::Random;

use super::update::{
    EMAIL_CONFIRMED, LOCKOUT_ENABLED, LOCKOUT_END, PASSWORD, PASSWORD_HASH, PHONE_NUMBER_CONFIRMED, SECURITY_STAMP,
    TWO_FACTOR_ENABLED, Target, UNLOCK, Update,
};
use super::{claims, credentials, roles, two_factor};
use crate::database::{Database, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::{Value, values};

pub(super) async fn change<D: Database>(
    database: &D,
    target: Target<'_>,
    change: &Change,
    event: StepEvent<'_>,
    random: &dyn Random,
) -> Result<ChangeOutcome, DatabaseError> {
    match change {
        Change::Password { hash, stamp } => {
            let hash = hash.as_ref().map(PasswordHash::as_str);
            update(database, PASSWORD, target, values![hash, stamp.as_str()], event).await
        }
        Change::Rehash(hash) => update(database, PASSWORD_HASH, target, values![hash.as_str()], event).await,
        Change::SecurityStamp(stamp) => update(database, SECURITY_STAMP, target, values![stamp.as_str()], event).await,
        Change::EmailConfirmed => update(database, EMAIL_CONFIRMED, target, values![true], event).await,
        Change::PhoneNumberConfirmed(confirmed) => {
            update(database, PHONE_NUMBER_CONFIRMED, target, values![*confirmed], event).await
        }
        Change::TwoFactorEnabled {
            enabled,
            first_recovery_codes: None,
            stamp,
        } => {
            update(
                database,
                TWO_FACTOR_ENABLED,
                target,
                values![*enabled, stamp.as_str()],
                event,
            )
            .await
        }
        Change::TwoFactorEnabled {
            enabled,
            first_recovery_codes: Some(codes),
            stamp,
        } => two_factor::switch_with_codes(database, target, *enabled, codes, stamp, event).await,
        Change::LockoutEnd(Some(end)) => update(database, LOCKOUT_END, target, values![Some(*end)], event).await,
        Change::LockoutEnd(None) => update(database, UNLOCK, target, values![None::<OffsetDateTime>], event).await,
        Change::LockoutEnabled(enabled) => update(database, LOCKOUT_ENABLED, target, values![*enabled], event).await,
        Change::Email {
            email,
            uniqueness,
            stamp,
        } => credentials::change_email(database, target, email, *uniqueness, stamp, event).await,
        Change::UserName {
            name,
            normalized,
            stamp,
        } => credentials::set_user_name(database, target, name, normalized, stamp, event).await,
        Change::AuthenticatorKey { key, stamp } => {
            two_factor::replace_authenticator_key(database, target, key, stamp, event).await
        }
        Change::RecoveryCodes(codes) => two_factor::replace_recovery_codes(database, target, codes, event).await,
        Change::AddRole { name, normalized } => {
            roles::add_role(database, target, name, normalized, event, random).await
        }
        Change::RemoveRole(normalized) => roles::remove_role(database, target, normalized, event).await,
        Change::AddClaim { claim_type, value } => claims::add_claim(database, target, claim_type, value, event).await,
        Change::RemoveClaim { claim_type, value } => {
            claims::remove_claim(database, target, claim_type, value, event).await
        }
    }
}

/// A change of one statement, unless more is expected than the row says.
async fn update<D: Database>(
    database: &D,
    statement: Update,
    target: Target<'_>,
    set: &[Value<'_>],
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let needs_transaction = event.needs_transaction() || target.expected.needs_more_than_the_row();
    if !needs_transaction {
        return statement.run(&mut database.writer().await?, target, set).await;
    }
    let mut transaction = database.begin().await?;
    let changed = statement.run_if_expected(&mut transaction, target, set).await?;
    if changed == ChangeOutcome::Changed {
        event.write(&mut transaction).await?;
        transaction.commit().await?;
    }
    Ok(changed)
}
