//! Accounts for tests, and shorthands for the steps of a store.

use std::future::Future;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;
use uuid::Uuid;

use wicketgate_identity::account::{
    Change, ConcurrencyStamp, EmailChange, EmailUniqueness, Expected, NormalizedName, SecurityStamp,
};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, RedeemOutcome};
use wicketgate_identity::{Event, EventKind, PasswordHash, StoreError, User, UserId};

use crate::Store;
pub use crate::changes::*;

/// The time of all tests.
pub const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
/// How long failures lock an account.
pub const FIVE_MINUTES: Duration = Duration::minutes(5);

/// An account that could have been registered with the address `name@example.test`. Its id is a Guid, for stores that keep no other
/// ids; there is an `a` in it, for those that take `á` for the same.
pub fn user(name: &str) -> User {
    let email = format!("{name}@example.test");
    User {
        id: UserId::from_stored(Uuid::from_u128((0xada << 116) | u128::from(hash(name))).to_string()),
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

/// FNV-1a.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Ids that look like this one, and are others.
pub fn look_alikes(id: &UserId) -> Vec<UserId> {
    let id = id.as_str();
    let all = [
        id.to_uppercase(),
        format!("{id} "),
        format!("+{id}"),
        id.replacen('a', "á", 1),
    ];
    let others = all.into_iter().filter(|other| other != id);
    others.map(UserId::from_stored).collect()
}

/// An event for steps whose event does not matter.
pub fn event() -> Event {
    Event::new(EventKind::Registered, None, NOW)
}

/// The account that [`user`] describes, in the store.
pub async fn create(store: &Store, name: &str) -> Result<User, StoreError> {
    let user = user(name);
    let outcome = create_user(store, &user, EmailUniqueness::NotRequired).await?;
    created(user, outcome)
}

/// The account as it is in the store, which may number its accounts by itself.
pub fn created(user: User, outcome: CreateOutcome) -> Result<User, StoreError> {
    match outcome {
        CreateOutcome::Created(id) => Ok(User { id, ..user }),
        refused => Err(StoreError::Failed(
            format!("{} was not created: {refused:?}", user.id).into(),
        )),
    }
}

/// Whether an account was created.
pub fn is_created(outcome: &CreateOutcome) -> bool {
    matches!(outcome, CreateOutcome::Created(_))
}

/// [`AccountStore::create`](wicketgate_identity::AccountStore::create).
pub async fn create_user(store: &Store, user: &User, email: EmailUniqueness) -> Result<CreateOutcome, StoreError> {
    store.accounts().create(user, email, None, &event()).await
}

/// [`AccountStore::delete`](wicketgate_identity::AccountStore::delete).
pub async fn delete(store: &Store, id: &UserId) -> Result<bool, StoreError> {
    store.accounts().delete(id, &event()).await
}

/// [`AccountStore::find_by_id`](wicketgate_identity::AccountStore::find_by_id).
pub async fn by_id(store: &Store, id: &UserId) -> Result<Option<User>, StoreError> {
    store.accounts().find_by_id(id).await
}

/// The account as it is now.
pub async fn reload(store: &Store, user: &User) -> Result<User, StoreError> {
    let found = by_id(store, &user.id).await?;
    assert!(found.is_some(), "{} is gone", user.id);
    Ok(found.unwrap_or_else(|| user.clone()))
}

/// The account that has this one's name.
pub async fn by_name(store: &Store, user: &User) -> Result<Option<User>, StoreError> {
    match &user.normalized_user_name {
        Some(name) => store.accounts().find_by_normalized_name(name).await,
        None => Ok(None),
    }
}

/// A change that expects the account's security stamp to be that of `user`.
pub async fn change(store: &Store, user: &User, change: Change) -> Result<ChangeOutcome, StoreError> {
    let expected = Expected::SecurityStamp(user.security_stamp.as_ref());
    change_if(store, &user.id, expected, &change).await
}

/// [`AccountStore::change`](wicketgate_identity::AccountStore::change).
pub async fn change_if(
    store: &Store,
    id: &UserId,
    expected: Expected<'_>,
    change: &Change,
) -> Result<ChangeOutcome, StoreError> {
    let event = Event::new(EventKind::from(change), Some(id.clone()), NOW);
    store.accounts().change(id, expected, change, &event).await
}

/// An unconditional change.
pub async fn change_anyway(store: &Store, id: &UserId, change: Change) -> Result<ChangeOutcome, StoreError> {
    change_if(store, id, Expected::Account, &change).await
}

/// Gives the account the address `name@example.test`, and this user name with it.
pub async fn change_email(
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

/// Puts the account into a role.
pub async fn join(store: &Store, user: &User, role: &str) -> Result<ChangeOutcome, StoreError> {
    change_anyway(store, &user.id, add_role(role)).await
}

/// Takes the account out of a role.
pub async fn leave(store: &Store, user: &User, role: &str) -> Result<ChangeOutcome, StoreError> {
    change_anyway(store, &user.id, remove_role(role)).await
}

/// A change that expects these recovery codes.
pub async fn replace_codes(
    store: &Store,
    id: &UserId,
    seen: &RecoveryCodes,
    new: RecoveryCodes,
) -> Result<ChangeOutcome, StoreError> {
    let (expected, change) = (Expected::RecoveryCodes(seen), Change::RecoveryCodes(new));
    change_if(store, id, expected, &change).await
}

/// Settles an attempt at the account, with this maximum number of failures.
pub async fn settle(
    store: &Store,
    user: &User,
    attempt: Attempt<'_>,
    max_attempts: i32,
    now: OffsetDateTime,
) -> Result<AttemptOutcome, StoreError> {
    let options = LockoutOptions {
        max_failed_access_attempts: max_attempts,
        default_lockout_time_span: FIVE_MINUTES,
        ..LockoutOptions::default()
    };
    let expected = user.security_stamp.as_ref();
    let accounts = store.accounts();
    accounts
        .settle_attempt(&user.id, expected, attempt, now, &options, &event())
        .await
}

/// [`AccountStore::ensure_authenticator_key`](wicketgate_identity::AccountStore::ensure_authenticator_key) of an account that was seen
/// so.
pub async fn ensure_key(
    store: &Store,
    seen: &User,
    key: &str,
    stamp: &SecurityStamp,
) -> Result<Option<String>, StoreError> {
    let expected = seen.security_stamp.as_ref();
    store
        .accounts()
        .ensure_authenticator_key(&seen.id, expected, key, stamp, &event())
        .await
}

/// Types and values of the account's claims.
pub async fn claims(store: &Store, id: &UserId) -> Result<Vec<(String, String)>, StoreError> {
    Ok(store.accounts().find_claims(id).await?.claims)
}

/// Runs this many tasks at once and returns their results in order.
pub async fn in_parallel<F, T>(tasks: usize, task: impl Fn(usize) -> F) -> Result<Vec<T>, StoreError>
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

/// Redeems a recovery code of the account.
pub async fn redeem(store: &Store, user: &User, code: &str) -> Result<RedeemOutcome, StoreError> {
    let expected = user.security_stamp.as_ref();
    store
        .accounts()
        .redeem_recovery_code(&user.id, expected, code, NOW, &event())
        .await
}

/// The number of changes that were made.
pub fn changed(outcomes: &[ChangeOutcome]) -> usize {
    outcomes
        .iter()
        .filter(|outcome| **outcome == ChangeOutcome::Changed)
        .count()
}

/// This many recovery codes.
pub fn codes(number: usize) -> Vec<String> {
    (0..number).map(|i| format!("CODE{i}-CODE{i}")).collect()
}

/// A normalized name.
pub fn normalized(text: &str) -> NormalizedName {
    NormalizedName::from_stored(text)
}

/// A security stamp.
pub fn stamp(text: &str) -> SecurityStamp {
    SecurityStamp::from_stored(text)
}

/// Type and value of a claim.
pub fn pair(claim_type: &str, value: &str) -> (String, String) {
    (claim_type.to_owned(), value.to_owned())
}
