//! What the checks share.

use std::future::Future;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use super::Store;
use crate::{
    ConcurrencyStamp, CreateOutcome, EmailChange, EmailUniqueness, NormalizedName, PasswordHash, RedeemOutcome,
    SecurityStamp, StoreError, UpdateOutcome, User, UserId,
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
        store.create(&user, EmailUniqueness::NotRequired).await?,
        CreateOutcome::Created
    );
    Ok(user)
}

pub(super) async fn reload(store: &Store, user: &User) -> Result<User, StoreError> {
    let found = store.find_by_id(&user.id).await?;
    assert!(found.is_some(), "{} is gone", user.id);
    Ok(found.unwrap_or_else(|| user.clone()))
}

pub(super) async fn by_name(store: &Store, user: &User) -> Result<Option<User>, StoreError> {
    match &user.normalized_user_name {
        Some(name) => store.find_by_normalized_name(name).await,
        None => Ok(None),
    }
}

pub(super) async fn change_email(
    store: &Store,
    user: &User,
    name: &str,
    user_name: Option<&str>,
    uniqueness: EmailUniqueness,
) -> Result<UpdateOutcome, StoreError> {
    let email = format!("{name}@example.test");
    let change = EmailChange {
        normalized_email: normalized(&email.to_uppercase()),
        email,
        user_name: user_name.map(|name| (name.to_owned(), normalized(&name.to_uppercase()))),
    };
    store
        .change_email(
            &user.id,
            user.security_stamp.as_ref(),
            &change,
            &stamp("changed"),
            uniqueness,
        )
        .await
}

pub(super) async fn join(store: &Store, user: &User, role: &str) -> Result<UpdateOutcome, StoreError> {
    store.add_role(&user.id, role, &normalized(&role.to_uppercase())).await
}

pub(super) async fn claims(store: &Store, id: &UserId) -> Result<Vec<(String, String)>, StoreError> {
    Ok(store.find_claims(id).await?.claims)
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
    store.redeem_recovery_code(&user.id, expected, code, NOW).await
}

pub(super) fn updated(outcomes: &[UpdateOutcome]) -> usize {
    outcomes
        .iter()
        .filter(|outcome| **outcome == UpdateOutcome::Updated)
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
