//! The second factor: .NET keeps the authenticator's key and the recovery codes as tokens of the account.

use time::OffsetDateTime;
use wicketgate_identity::UserId;
use wicketgate_identity::account::{ConcurrencyStamp, SecurityStamp};
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{ChangeOutcome, RedeemOutcome};

use super::lockout::{self, COUNT_FAILURE};
use super::tokens::{REDEEM_TOKEN, TokenName, find_recovery_codes, find_token, set_recovery_codes, set_token};
use super::update::{SECURITY_STAMP, TWO_FACTOR_ENABLED, Target, touch};
use crate::database::{Connection, Database, Row, Transaction};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::events::StepEvent;
use crate::statement::values;

pub(super) async fn authenticator_key<D: Database>(database: &D, id: &UserId) -> Result<Option<String>, DatabaseError> {
    find_token(&mut database.reader().await?, id, TokenName::AuthenticatorKey).await
}

/// In the order of ids.
pub(super) async fn authenticator_keys<D: Database>(
    database: &D,
    after: Option<&UserId>,
    limit: usize,
) -> Result<Vec<(UserId, String)>, DatabaseError> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let mut reader = database.reader().await?;
    let rows = match after {
        None => {
            let first = D::Dialect::FIRST_AUTHENTICATOR_KEYS;
            reader.fetch_all(first, values![limit]).await?
        }
        Some(after) => {
            let later = D::Dialect::AUTHENTICATOR_KEYS;
            reader.fetch_all(later, values![after, limit]).await?
        }
    };
    let key = |row: &_| {
        let id = Row::id(row, "UserId")?.unwrap_or_default();
        Ok((UserId::from_stored(id), Row::text(row, "Value")?.unwrap_or_default()))
    };
    rows.iter().map(key).collect()
}

/// One statement, which changes nothing but the key's form.
pub(super) async fn replace_stored_key<D: Database>(
    database: &D,
    id: &UserId,
    old: &str,
    new: &str,
) -> Result<bool, DatabaseError> {
    let values = values![id, TokenName::AuthenticatorKey.as_str(), old, new];
    Ok(database.writer().await?.execute(REDEEM_TOKEN, values).await? > 0)
}

pub(super) async fn replace_authenticator_key<D: Database>(
    database: &D,
    target: Target<'_>,
    key: &str,
    stamp: &SecurityStamp,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    write_authenticator_key(&mut transaction, target.as_is(), key, stamp).await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

pub(super) async fn ensure_authenticator_key<D: Database>(
    database: &D,
    target: Target<'_>,
    expected: Option<&SecurityStamp>,
    key: &str,
    stamp: &SecurityStamp,
    event: StepEvent<'_>,
) -> Result<Option<String>, DatabaseError> {
    let mut transaction = database.begin().await?;
    let Some(user) = lockout::lock(&mut transaction, target.id).await? else {
        return Ok(None);
    };
    let existing = find_token(&mut transaction, target.id, TokenName::AuthenticatorKey).await?;
    if let Some(existing) = existing.filter(|key| !key.is_empty()) {
        return Ok(Some(existing));
    }
    if user.state.security_stamp.as_ref() != expected {
        return Ok(None);
    }
    write_authenticator_key(&mut transaction, target, key, stamp).await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Some(key.to_owned()))
}

async fn write_authenticator_key(
    transaction: &mut impl Transaction,
    target: Target<'_>,
    key: &str,
    stamp: &SecurityStamp,
) -> Result<(), DatabaseError> {
    SECURITY_STAMP.run(transaction, target, values![stamp.as_str()]).await?;
    set_token(transaction, target.id, TokenName::AuthenticatorKey, key).await
}

pub(super) async fn recovery_codes<D: Database>(database: &D, id: &UserId) -> Result<RecoveryCodes, DatabaseError> {
    find_recovery_codes(&mut database.reader().await?, id).await
}

pub(super) async fn switch_with_codes<D: Database>(
    database: &D,
    target: Target<'_>,
    enabled: bool,
    codes: &RecoveryCodes,
    stamp: &SecurityStamp,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let set = values![enabled, stamp.as_str()];
    let switched = TWO_FACTOR_ENABLED
        .run_if_expected(&mut transaction, target, set)
        .await?;
    if switched != ChangeOutcome::Changed {
        return Ok(switched);
    }
    if !find_recovery_codes(&mut transaction, target.id).await?.is_empty() {
        return Ok(ChangeOutcome::Conflict);
    }
    set_recovery_codes(&mut transaction, target.id, codes).await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

pub(super) async fn replace_recovery_codes<D: Database>(
    database: &D,
    target: Target<'_>,
    codes: &RecoveryCodes,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    set_recovery_codes(&mut transaction, target.id, codes).await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

/// A step of [`redeem_recovery_code`].
pub(super) struct Redeeming<'a> {
    pub(super) id: &'a UserId,
    pub(super) expected: Option<&'a SecurityStamp>,
    pub(super) code: &'a str,
    pub(super) now: OffsetDateTime,
    /// The row's next concurrency stamp, should it change.
    pub(super) concurrency_stamp: &'a ConcurrencyStamp,
}

/// Whatever it comes to is an event, unless the account is no longer what it was.
pub(super) async fn redeem_recovery_code<D: Database>(
    database: &D,
    redeeming: &Redeeming<'_>,
    event: StepEvent<'_>,
) -> Result<RedeemOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let outcome = redeem(&mut transaction, redeeming).await?;
    event
        .write_as(&mut transaction, |event| event.redeemed(outcome))
        .await?;
    if event.needs_transaction() || outcome == RedeemOutcome::Redeemed {
        transaction.commit().await?;
    }
    Ok(outcome)
}

/// The codes are written only over those that were read, whatever becomes of the account's lock.
async fn redeem(transaction: &mut impl Transaction, redeeming: &Redeeming<'_>) -> Result<RedeemOutcome, DatabaseError> {
    let Redeeming {
        id,
        expected,
        code,
        now,
        concurrency_stamp,
    } = *redeeming;
    match lockout::lock(transaction, id).await? {
        Some(user) if user.state.is_locked_out(now) => return Ok(RedeemOutcome::Refused),
        Some(user) if user.state.security_stamp.as_ref() == expected => {}
        _ => return Ok(RedeemOutcome::Conflict),
    }
    let stored = find_token(transaction, id, TokenName::RecoveryCodes).await?;
    let stored = stored.unwrap_or_default();
    let Some(left) = RecoveryCodes::from_stored(&stored).without(code) else {
        return Ok(RedeemOutcome::Wrong);
    };
    let (name, left) = (TokenName::RecoveryCodes.as_str(), left.to_stored());
    let values = values![id, name, stored.as_str(), left.as_str()];
    if transaction.execute(REDEEM_TOKEN, values).await? == 0 {
        return Err(DatabaseError::Conflict("the recovery codes changed meanwhile".into()));
    }
    let values = values![id, 0, concurrency_stamp.as_str()];
    transaction.execute(COUNT_FAILURE, values).await?;
    Ok(RedeemOutcome::Redeemed)
}
