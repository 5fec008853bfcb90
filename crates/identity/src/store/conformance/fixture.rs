//! What the checks share.

use std::future::Future;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use super::Store;
use crate::{
    Change, ChangeOutcome, ConcurrencyStamp, CreateOutcome, EmailChange, EmailUniqueness, Expected, NormalizedName,
    PasswordHash, RecoveryCodes, RedeemOutcome, SecurityStamp, StoreError, User, UserId,
};

pub(super) const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
pub(super) const FIVE_MINUTES: Duration = Duration::minutes(5);

/// An account that could have been registered with the address `name@example.test`.
pub(super) fn user(name: &str) -> User {
    let email = format!("{name}@example.test");
    User {
        id: UserId::from_stored(format!("id-of-{name}")),
        user_name: Some(name.to_owned()),
        normalized_user_name: Some(normalized(&name.to_uppercase())),
        normalized_email: Some(normalized(&email.to_uppercase())),
        email: Some(email),
        email_confirmed: false,
        password_hash: Some(PasswordHash::from_stored("hash")),
        security_stamp: Some(stamp("first")),
        concurrency_stamp: Some(ConcurrencyStamp::from_stored("first")),
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    }
}

pub(super) async fn create(store: &Store, name: &str) -> Result<User, StoreError> {
    let user = user(name);
    assert_eq!(
        store.accounts().create(&user, EmailUniqueness::NotRequired).await?,
        CreateOutcome::Created
    );
    Ok(user)
}

pub(super) async fn reload(store: &Store, user: &User) -> Result<User, StoreError> {
    let found = store.accounts().find_by_id(&user.id).await?;
    assert!(found.is_some(), "{} is gone", user.id);
    Ok(found.unwrap_or_else(|| user.clone()))
}

pub(super) async fn by_name(store: &Store, user: &User) -> Result<Option<User>, StoreError> {
    match &user.normalized_user_name {
        Some(name) => store.accounts().find_by_normalized_name(name).await,
        None => Ok(None),
    }
}

/// A change by somebody who saw the account as `user`.
pub(super) async fn change(store: &Store, user: &User, change: Change) -> Result<ChangeOutcome, StoreError> {
    let expected = Expected::SecurityStamp(user.security_stamp.as_ref());
    store.accounts().change(&user.id, expected, &change).await
}

/// A change whatever the account has become.
pub(super) async fn change_anyway(store: &Store, id: &UserId, change: Change) -> Result<ChangeOutcome, StoreError> {
    store.accounts().change(id, Expected::Account, &change).await
}

pub(super) async fn change_email(
    store: &Store,
    user: &User,
    name: &str,
    user_name: Option<&str>,
    uniqueness: EmailUniqueness,
) -> Result<ChangeOutcome, StoreError> {
    let email = format!("{name}@example.test");
    let email = EmailChange {
        normalized_email: normalized(&email.to_uppercase()),
        email,
        user_name: user_name.map(|name| (name.to_owned(), normalized(&name.to_uppercase()))),
    };
    let stamp = stamp("changed");
    let new = Change::Email {
        email,
        uniqueness,
        stamp,
    };
    change(store, user, new).await
}

pub(super) async fn join(store: &Store, user: &User, role: &str) -> Result<ChangeOutcome, StoreError> {
    change_anyway(store, &user.id, add_role(role)).await
}

pub(super) async fn leave(store: &Store, user: &User, role: &str) -> Result<ChangeOutcome, StoreError> {
    change_anyway(store, &user.id, remove_role(role)).await
}

/// A change by somebody who saw these recovery codes.
pub(super) async fn replace_codes(
    store: &Store,
    id: &UserId,
    seen: &RecoveryCodes,
    new: RecoveryCodes,
) -> Result<ChangeOutcome, StoreError> {
    let (expected, change) = (Expected::RecoveryCodes(seen), Change::RecoveryCodes(new));
    store.accounts().change(id, expected, &change).await
}

pub(super) fn set_password(hash: Option<&str>, new: &str) -> Change {
    Change::Password {
        hash: hash.map(PasswordHash::from_stored),
        stamp: stamp(new),
    }
}

pub(super) fn switch_second_factor(enabled: bool, new: &str) -> Change {
    Change::TwoFactorEnabled {
        enabled,
        first_recovery_codes: None,
        stamp: stamp(new),
    }
}

pub(super) fn set_key(key: &str, new: &str) -> Change {
    Change::AuthenticatorKey {
        key: key.to_owned(),
        stamp: stamp(new),
    }
}

pub(super) fn new_name(name: &str, new: &str) -> Change {
    Change::UserName {
        name: name.to_owned(),
        normalized: normalized(&name.to_uppercase()),
        stamp: stamp(new),
    }
}

pub(super) fn add_role(role: &str) -> Change {
    Change::AddRole {
        name: role.to_owned(),
        normalized: normalized(&role.to_uppercase()),
    }
}

pub(super) fn remove_role(role: &str) -> Change {
    Change::RemoveRole(normalized(&role.to_uppercase()))
}

pub(super) fn add_claim(claim_type: &str, value: &str) -> Change {
    Change::AddClaim {
        claim_type: claim_type.to_owned(),
        value: value.to_owned(),
    }
}

pub(super) fn remove_claim(claim_type: &str, value: &str) -> Change {
    Change::RemoveClaim {
        claim_type: claim_type.to_owned(),
        value: value.to_owned(),
    }
}

pub(super) async fn claims(store: &Store, id: &UserId) -> Result<Vec<(String, String)>, StoreError> {
    Ok(store.accounts().find_claims(id).await?.claims)
}

/// Runs as many tasks at once and gives what they answered, in order of their numbers.
pub(super) async fn in_parallel<F, T>(tasks: usize, task: impl Fn(usize) -> F) -> Result<Vec<T>, StoreError>
where
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
    T: Send + 'static,
{
    let mut set = JoinSet::new();
    for i in 0..tasks {
        let running = task(i);
        set.spawn(async move { (i, running.await) });
    }
    let mut answers = set.join_all().await;
    answers.sort_by_key(|(i, _)| *i);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Uses up a recovery code of the account as it was read.
pub(super) async fn redeem(store: &Store, user: &User, code: &str) -> Result<RedeemOutcome, StoreError> {
    let expected = user.security_stamp.as_ref();
    store
        .accounts()
        .redeem_recovery_code(&user.id, expected, code, NOW)
        .await
}

pub(super) fn changed(outcomes: &[ChangeOutcome]) -> usize {
    outcomes
        .iter()
        .filter(|outcome| **outcome == ChangeOutcome::Changed)
        .count()
}

pub(super) fn codes(number: usize) -> Vec<String> {
    (0..number).map(|i| format!("CODE{i}-CODE{i}")).collect()
}

pub(super) fn normalized(text: &str) -> NormalizedName {
    NormalizedName::from_stored(text)
}

pub(super) fn stamp(text: &str) -> SecurityStamp {
    SecurityStamp::from_stored(text)
}

pub(super) fn pair(claim_type: &str, value: &str) -> (String, String) {
    (claim_type.to_owned(), value.to_owned())
}
