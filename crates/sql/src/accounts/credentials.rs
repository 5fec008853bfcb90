//! Changes of what an account is found by: its address and its name.

use wicketgate_identity::UserId;
use wicketgate_identity::account::{EmailChange, EmailUniqueness, NormalizedName, SecurityStamp};
use wicketgate_identity::store::ChangeOutcome;

use super::update::{EMAIL, Target, USER_NAME, touch};
use super::users::{Taken, find_taken, is_email_of_another, is_name_of_another};
use crate::database::{Database, Lock, Transaction};
use crate::database_error::DatabaseError;
use crate::events::StepEvent;
use crate::statement::values;

pub(super) async fn change_email<D: Database>(
    database: &D,
    target: Target<'_>,
    change: &EmailChange,
    uniqueness: EmailUniqueness,
    stamp: &SecurityStamp,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let transaction = database.begin().await?;
    let changed = change_email_in(transaction, target, change, uniqueness, stamp, event).await;
    let name = change.user_name.as_ref().map(|(_, normalized)| normalized);
    explain_duplicate(database, changed, target.id, name, Some(&change.normalized_email)).await
}

/// What the caller saw comes first: who acts on an old stamp need not learn which names and addresses are taken.
async fn change_email_in(
    mut transaction: impl Transaction,
    target: Target<'_>,
    change: &EmailChange,
    uniqueness: EmailUniqueness,
    stamp: &SecurityStamp,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let (email, stamp) = (&change.normalized_email, stamp.as_str());
    if uniqueness == EmailUniqueness::Required {
        transaction.lock(Lock::Address(email.as_str())).await?;
    }
    let set = values![change.email.as_str(), email.as_str(), true, stamp];
    let changed = EMAIL.run_if_expected(&mut transaction, target, set).await?;
    if changed != ChangeOutcome::Changed {
        return Ok(changed);
    }
    if let Some((name, normalized)) = &change.user_name {
        if is_name_of_another(&mut transaction, normalized, Some(target.id)).await? {
            return Ok(ChangeOutcome::DuplicateUserName);
        }
        let set = values![name.as_str(), normalized.as_str(), stamp];
        USER_NAME.run(&mut transaction, target.as_is(), set).await?;
    }
    if uniqueness == EmailUniqueness::Required && is_email_of_another(&mut transaction, email, Some(target.id)).await? {
        return Ok(ChangeOutcome::DuplicateEmail);
    }
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

pub(super) async fn set_user_name<D: Database>(
    database: &D,
    target: Target<'_>,
    name: &str,
    normalized: &NormalizedName,
    stamp: &SecurityStamp,
    event: StepEvent<'_>,
) -> Result<ChangeOutcome, DatabaseError> {
    let mut transaction = database.begin().await?;
    let touched = touch(&mut transaction, target).await?;
    if touched != ChangeOutcome::Changed {
        return Ok(touched);
    }
    if is_name_of_another(&mut transaction, normalized, Some(target.id)).await? {
        return Ok(ChangeOutcome::DuplicateUserName);
    }
    let set = values![name, normalized.as_str(), stamp.as_str()];
    USER_NAME.run(&mut transaction, target.as_is(), set).await?;
    event.write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(ChangeOutcome::Changed)
}

/// Names what another account has where a unique index refused the change.
async fn explain_duplicate<D: Database>(
    database: &D,
    outcome: Result<ChangeOutcome, DatabaseError>,
    id: &UserId,
    name: Option<&NormalizedName>,
    email: Option<&NormalizedName>,
) -> Result<ChangeOutcome, DatabaseError> {
    let Err(DatabaseError::Duplicate(reason)) = outcome else {
        return outcome;
    };
    match find_taken(database, Some(id), name, email).await? {
        Some(Taken::UserName) => Ok(ChangeOutcome::DuplicateUserName),
        Some(Taken::Email) => Ok(ChangeOutcome::DuplicateEmail),
        None => Err(DatabaseError::Duplicate(reason)),
    }
}
