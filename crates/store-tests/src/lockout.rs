//! Attempts, failures and lockout.

use std::collections::HashSet;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use wicketgate_identity::account::Change;
use wicketgate_identity::store::{Attempt, AttemptOutcome, ChangeOutcome};
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::fixture::{FIVE_MINUTES, NOW, change_anyway, create, in_parallel, reload, settle, stamp};

/// .NET's `DateTimeOffset.MaxValue`.
const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);

/// Each failure increments the count; the last one locks the account and resets it.
pub async fn failures_are_counted_until_they_lock(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for count in 1..3 {
        assert_eq!(fail(&store, &ada, 3, NOW).await?, AttemptOutcome::Counted(count));
        assert_eq!(reload(&store, &ada).await?.access_failed_count, count);
    }
    assert_eq!(
        fail(&store, &ada, 3, NOW).await?,
        AttemptOutcome::LockedOut(NOW + FIVE_MINUTES)
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

/// However many failures arrive at once, the allowed number locks the account, once, and the results of the others are
/// not revealed.
pub async fn parallel_failures_lock_once(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = parallel_failures(&store, &ada, 7).await?;
    let counts: HashSet<_> = outcomes.iter().filter_map(|outcome| counted(*outcome)).collect();
    assert_eq!(counts, (1..7).collect());
    let number = |meant| outcomes.iter().filter(|outcome| **outcome == meant).count();
    assert_eq!(number(AttemptOutcome::LockedOut(NOW + FIVE_MINUTES)), 1);
    assert_eq!(number(AttemptOutcome::Refused), 93);
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (after.access_failed_count, after.lockout_end),
        (0, Some(NOW + FIVE_MINUTES))
    );
    Ok(())
}

/// Of hundreds of guesses at once, including right ones, none is answered after the failure that locks.
pub async fn no_guess_is_accepted_once_others_at_once_have_locked(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(200, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        // Complete sign-ins would reset the failure count; incomplete ones do not.
        let attempt = if i % 10 == 9 {
            Attempt::Incomplete
        } else {
            Attempt::Failed
        };
        async move { settle(&store, &ada, attempt, 5, NOW).await }
    })
    .await?;
    let told = outcomes.iter().filter(|outcome| counted(**outcome).is_some()).count();
    assert_eq!(told, 4, "{outcomes:?}");
    for attempt in [Attempt::Incomplete, Attempt::Succeeded, Attempt::Failed] {
        assert_eq!(settle(&store, &ada, attempt, 5, NOW).await?, AttemptOutcome::Refused);
    }
    assert_eq!(reload(&store, &ada).await?.lockout_end, Some(NOW + FIVE_MINUTES));
    Ok(())
}

/// A browser with many tabs: right attempts are not counted, do not conflict, and write nothing.
pub async fn right_attempts_at_once_are_all_accepted(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for attempt in [Attempt::Succeeded, Attempt::Incomplete] {
        let outcomes = in_parallel(100, |_| {
            let (store, ada) = (store.clone(), ada.clone());
            async move { settle(&store, &ada, attempt, 1, NOW).await }
        })
        .await?;
        assert_eq!(outcomes, [AttemptOutcome::Accepted; 100]);
        assert_eq!(reload(&store, &ada).await?, ada);
    }
    Ok(())
}

/// Further attempts change nothing and do not extend the lockout, up to its last instant.
pub async fn a_locked_account_counts_no_failures(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, Change::LockoutEnd(Some(NOW + FIVE_MINUTES))).await?;
    let locked = reload(&store, &ada).await?;
    for instant in [NOW, NOW + FIVE_MINUTES] {
        for attempt in [
            Attempt::Failed,
            Attempt::NotCounted,
            Attempt::Succeeded,
            Attempt::Incomplete,
        ] {
            assert_eq!(
                settle(&store, &ada, attempt, 1, instant).await?,
                AttemptOutcome::Refused
            );
        }
    }
    assert_eq!(reload(&store, &ada).await?, locked);
    Ok(())
}

/// As in .NET: failures are counted and set the end of lockout, but nobody is locked out.
pub async fn an_account_that_failures_cannot_lock_counts_all_the_same(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, Change::LockoutEnabled(false)).await?;
    for _ in 0..2 {
        assert_eq!(fail(&store, &ada, 2, NOW).await?, AttemptOutcome::Counted(1));
        assert_eq!(
            fail(&store, &ada, 2, NOW).await?,
            AttemptOutcome::LockedOut(NOW + FIVE_MINUTES)
        );
    }
    assert_eq!(
        settle(&store, &ada, Attempt::Succeeded, 2, NOW).await?,
        AttemptOutcome::Accepted
    );
    Ok(())
}

/// The result of an attempt is void if the credentials changed in the meantime.
pub async fn an_attempt_against_an_old_stamp_conflicts(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    fail(&store, &ada, 5, NOW).await?;
    change_anyway(&store, &ada.id, Change::SecurityStamp(stamp("new"))).await?;
    let before = reload(&store, &ada).await?;
    for attempt in [Attempt::Failed, Attempt::Incomplete, Attempt::Succeeded] {
        assert_eq!(settle(&store, &ada, attempt, 5, NOW).await?, AttemptOutcome::Conflict);
    }
    assert_eq!(reload(&store, &ada).await?, before);
    Ok(())
}

/// It costs as much as a failure, but is none.
pub async fn an_attempt_that_is_not_counted_changes_nothing(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    assert_eq!(
        settle(&store, &ada, Attempt::NotCounted, 1, NOW).await?,
        AttemptOutcome::Accepted
    );
    assert_eq!(reload(&store, &ada).await?, ada);
    Ok(())
}

/// After a lockout, failures are counted again.
pub async fn a_failure_after_the_lockout_counts_as_the_first(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, Change::LockoutEnd(Some(NOW))).await?;
    let later = NOW + Duration::microseconds(1);
    assert_eq!(fail(&store, &ada, 2, later).await?, AttemptOutcome::Counted(1));
    assert_eq!(
        fail(&store, &ada, 2, later).await?,
        AttemptOutcome::LockedOut(later + FIVE_MINUTES)
    );
    assert_eq!(reload(&store, &ada).await?.lockout_end, Some(later + FIVE_MINUTES));
    Ok(())
}

/// A success resets the failure count and changes nothing else; a right password alone does not, if a second factor is
/// required.
pub async fn failures_are_forgotten_on_success(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    fail(&store, &ada, 5, NOW).await?;
    assert_eq!(
        settle(&store, &ada, Attempt::Incomplete, 5, NOW).await?,
        AttemptOutcome::Accepted
    );
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 1);
    assert_eq!(
        settle(&store, &ada, Attempt::Succeeded, 5, NOW).await?,
        AttemptOutcome::Accepted
    );
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

/// .NET's `DateTimeOffset.MaxValue`, which locks an account for ever, is stored exactly.
pub async fn a_lockout_for_ever_is_kept_to_the_tick(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, Change::LockoutEnd(Some(FOR_EVER))).await?;
    assert_eq!(reload(&store, &ada).await?.lockout_end, Some(FOR_EVER));
    assert_eq!(fail(&store, &ada, 5, NOW).await?, AttemptOutcome::Refused);
    Ok(())
}

/// Locking and unlocking by an operator, with the precision that every database has. The failures so far are forgotten with the
/// lockout.
pub async fn a_lockout_is_set_and_taken_away(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    assert_eq!(fail(&store, &ada, 5, NOW).await?, AttemptOutcome::Counted(1));
    for (end, failures) in [(Some(NOW + Duration::microseconds(1)), 1), (Some(NOW), 1), (None, 0)] {
        let outcome = change_anyway(&store, &ada.id, Change::LockoutEnd(end)).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        let changed = reload(&store, &ada).await?;
        assert_eq!((changed.lockout_end, changed.access_failed_count), (end, failures));
    }
    Ok(())
}

/// Whether failures can lock the account is stored.
pub async fn lockout_is_enabled_and_disabled(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for enabled in [false, true] {
        let outcome = change_anyway(&store, &ada.id, Change::LockoutEnabled(enabled)).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        assert_eq!(reload(&store, &ada).await?.lockout_enabled, enabled);
    }
    Ok(())
}

pub(crate) async fn fail(
    store: &Store,
    user: &User,
    max_attempts: i32,
    now: OffsetDateTime,
) -> Result<AttemptOutcome, StoreError> {
    settle(store, user, Attempt::Failed, max_attempts, now).await
}

async fn parallel_failures(store: &Store, user: &User, max_attempts: i32) -> Result<Vec<AttemptOutcome>, StoreError> {
    in_parallel(100, |_| {
        let (store, user) = (store.clone(), user.clone());
        async move { fail(&store, &user, max_attempts, NOW).await }
    })
    .await
}

fn counted(outcome: AttemptOutcome) -> Option<i32> {
    match outcome {
        AttemptOutcome::Counted(count) => Some(count),
        _ => None,
    }
}
