//! Failures and lockout.

use std::collections::HashSet;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::Store;
use super::fixture::{FIVE_MINUTES, NOW, create, in_parallel, reload};
use crate::{FailureOutcome, StoreError, UpdateOutcome, User};

/// .NET's `DateTimeOffset.MaxValue`.
const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);

/// The count goes up by one each time, and the last one locks and starts again.
pub async fn failures_are_counted_until_they_lock(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for count in 1..3 {
        assert_eq!(fail(&store, &ada, 3, NOW).await?, FailureOutcome::Counted(count));
        assert_eq!(reload(&store, &ada).await?.access_failed_count, count);
    }
    assert_eq!(
        fail(&store, &ada, 3, NOW).await?,
        FailureOutcome::LockedOut(NOW + FIVE_MINUTES)
    );
    let locked = reload(&store, &ada).await?;
    assert_eq!(
        (locked.access_failed_count, locked.lockout_end),
        (0, Some(NOW + FIVE_MINUTES))
    );
    assert_eq!(locked.security_stamp, ada.security_stamp);
    Ok(())
}

/// None of a hundred simultaneous failures is lost (CVE-2023-33170).
pub async fn parallel_failures_are_all_counted(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = parallel_failures(&store, &ada, 1_000).await?;
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 100);
    let counts: HashSet<_> = outcomes.iter().filter_map(|outcome| counted(*outcome)).collect();
    assert_eq!(counts, (1..=100).collect(), "every count is given once");
    Ok(())
}

/// However many failures arrive at once, the account is locked after the allowed number, once.
pub async fn parallel_failures_lock_once(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = parallel_failures(&store, &ada, 7).await?;
    let counts: HashSet<_> = outcomes.iter().filter_map(|outcome| counted(*outcome)).collect();
    assert_eq!(counts, (1..7).collect());
    let locked = outcomes
        .iter()
        .filter(|outcome| **outcome == FailureOutcome::LockedOut(NOW + FIVE_MINUTES));
    assert_eq!(locked.count(), 94);
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (after.access_failed_count, after.lockout_end),
        (0, Some(NOW + FIVE_MINUTES))
    );
    Ok(())
}

/// Whoever goes on trying does not make the lockout longer, up to its last instant.
pub async fn a_locked_account_counts_no_failures(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.set_lockout_end(&ada.id, Some(NOW + FIVE_MINUTES)).await?;
    for instant in [NOW, NOW + FIVE_MINUTES] {
        assert_eq!(
            fail(&store, &ada, 1, instant).await?,
            FailureOutcome::LockedOut(NOW + FIVE_MINUTES)
        );
    }
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 0);
    Ok(())
}

/// A lockout that is over does not keep the next one from counting.
pub async fn a_failure_after_the_lockout_counts_as_the_first(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.set_lockout_end(&ada.id, Some(NOW)).await?;
    let later = NOW + Duration::microseconds(1);
    assert_eq!(fail(&store, &ada, 2, later).await?, FailureOutcome::Counted(1));
    assert_eq!(
        fail(&store, &ada, 2, later).await?,
        FailureOutcome::LockedOut(later + FIVE_MINUTES)
    );
    assert_eq!(reload(&store, &ada).await?.lockout_end, Some(later + FIVE_MINUTES));
    Ok(())
}

/// A success forgets the failures before it, and nothing else.
pub async fn failures_are_forgotten_on_success(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    fail(&store, &ada, 5, NOW).await?;
    store.reset_failures(&ada.id).await?;
    let after = reload(&store, &ada).await?;
    assert_eq!(
        User {
            concurrency_stamp: ada.concurrency_stamp.clone(),
            ..after
        },
        ada
    );
    Ok(())
}

/// .NET's `DateTimeOffset.MaxValue`, with which operators lock for ever, comes back exactly.
pub async fn a_lockout_for_ever_is_kept_to_the_tick(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.set_lockout_end(&ada.id, Some(FOR_EVER)).await?;
    assert_eq!(reload(&store, &ada).await?.lockout_end, Some(FOR_EVER));
    assert_eq!(fail(&store, &ada, 5, NOW).await?, FailureOutcome::LockedOut(FOR_EVER));
    Ok(())
}

/// An operator's lock and unlock, with the fraction of a second that every database keeps.
pub async fn a_lockout_is_set_and_taken_away(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for end in [Some(NOW + Duration::microseconds(1)), Some(NOW), None] {
        assert_eq!(store.set_lockout_end(&ada.id, end).await?, UpdateOutcome::Updated);
        assert_eq!(reload(&store, &ada).await?.lockout_end, end);
    }
    Ok(())
}

/// Whether failures can lock the account is kept.
pub async fn lockout_is_enabled_and_disabled(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for enabled in [false, true] {
        assert_eq!(
            store.set_lockout_enabled(&ada.id, enabled).await?,
            UpdateOutcome::Updated
        );
        assert_eq!(reload(&store, &ada).await?.lockout_enabled, enabled);
    }
    Ok(())
}

async fn fail(
    store: &Store,
    user: &User,
    max_attempts: i32,
    now: OffsetDateTime,
) -> Result<FailureOutcome, StoreError> {
    store.record_failure(&user.id, max_attempts, now, FIVE_MINUTES).await
}

async fn parallel_failures(store: &Store, user: &User, max_attempts: i32) -> Result<Vec<FailureOutcome>, StoreError> {
    in_parallel(100, |_| {
        let (store, user) = (store.clone(), user.clone());
        async move { fail(&store, &user, max_attempts, NOW).await }
    })
    .await
}

fn counted(outcome: FailureOutcome) -> Option<i32> {
    match outcome {
        FailureOutcome::Counted(count) => Some(count),
        FailureOutcome::LockedOut(_) => None,
    }
}
