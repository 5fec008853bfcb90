//! What every [`UserStore`] must do, as checks to run on your own.
//!
//! Each check takes a new, empty store and panics where the store breaks its statement. [`test_user_store!`] makes a
//! test of each; the crate that calls it needs `tokio` with its macros and multi-threaded runtime.
//!
//! ```
//! # use wicketgate_identity as my_crate;
//! #[cfg(test)]
//! mod tests {
//!     wicketgate_identity::test_user_store!(async { my_crate::MemoryStore::new() });
//! }
//! ```
//!
//! [`test_user_store!`]: crate::test_user_store

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use super::{
    CreateOutcome, EmailChange, EmailUniqueness, FailureOutcome, StoreError, UpdateOutcome, UserClaims, UserStore,
};
use crate::{ConcurrencyStamp, NormalizedName, PasswordHash, SecurityStamp, User, UserId};

/// Makes one `#[tokio::test]` of each check in [`store_conformance`](crate::store_conformance). Takes an expression
/// whose future gives a new, empty store.
#[macro_export]
macro_rules! test_user_store {
    ($new_store:expr) => {
        $crate::test_user_store! { $new_store =>
            a_created_account_is_found_as_it_was_written
            unicode_is_kept
            a_missing_account_is_none
            a_taken_name_refuses_another_account
            a_taken_id_fails
            a_shared_address_is_refused_only_where_it_must_be_unique
            many_registrations_of_one_name_give_one_account
            many_registrations_of_one_unique_address_give_one_account
            accounts_without_a_name_do_not_collide
            accounts_are_listed_in_pages
            deletion_takes_everything_along
            every_write_gives_a_new_concurrency_stamp
            every_write_to_a_missing_account_conflicts
            failures_are_counted_until_they_lock
            parallel_failures_are_all_counted
            parallel_failures_lock_once
            a_locked_account_counts_no_failures
            a_failure_after_the_lockout_counts_as_the_first
            failures_are_forgotten_on_success
            a_lockout_for_ever_is_kept_to_the_tick
            a_lockout_is_set_and_taken_away
            lockout_is_enabled_and_disabled
            a_password_is_replaced_only_for_the_expected_stamp
            a_missing_stamp_can_be_expected
            one_of_many_password_changes_wins
            a_password_is_removed
            one_of_many_rehashes_wins
            the_security_stamp_is_replaced
            an_address_is_confirmed_only_for_the_expected_stamp
            an_address_is_changed_with_the_user_name
            an_address_is_changed_only_for_the_expected_stamp
            a_change_to_a_taken_name_or_address_changes_nothing
            a_user_name_is_changed
            many_renames_to_one_name_give_it_to_one_account
            a_telephone_number_is_confirmed
            the_second_factor_is_switched_with_a_new_stamp
            an_authenticator_key_is_replaced_with_a_new_stamp
            recovery_codes_are_replaced_and_counted
            a_recovery_code_works_for_one_of_many
            different_recovery_codes_are_redeemed_in_parallel
            roles_are_joined_and_left
            a_role_keeps_its_first_name
            many_tasks_make_one_role
            claims_are_kept_in_order
            the_store_answers_a_ping
        }
    };
    ($new_store:expr => $($check:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $check() -> Result<(), $crate::StoreError> {
                $crate::store_conformance::$check(::std::sync::Arc::new($new_store.await)).await
            }
        )*
    };
}

/// The store under test, shared by tasks.
pub type Store = Arc<dyn UserStore>;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const FIVE_MINUTES: Duration = Duration::minutes(5);
/// .NET's `DateTimeOffset.MaxValue`.
const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);

// Creating, finding, listing, deleting

/// Every field comes back as it was, whichever way the account is looked up.
pub async fn a_created_account_is_found_as_it_was_written(store: Store) -> Result<(), StoreError> {
    let full = User {
        phone_number: Some("+44 20 7946 0000".to_owned()),
        phone_number_confirmed: true,
        email_confirmed: true,
        two_factor_enabled: true,
        lockout_end: Some(NOW + Duration::nanoseconds(123_456_700)),
        access_failed_count: 3,
        ..user("ada")
    };
    let bare = User {
        email: None,
        normalized_email: None,
        password_hash: None,
        security_stamp: None,
        concurrency_stamp: None,
        lockout_enabled: false,
        ..user("bare")
    };
    for written in [full, bare] {
        assert_eq!(
            store.create(&written, EmailUniqueness::Required).await?,
            CreateOutcome::Created
        );
        assert_eq!(store.find_by_id(&written.id).await?, Some(written.clone()));
        assert_eq!(by_name(&store, &written).await?, Some(written.clone()));
        if let Some(email) = &written.normalized_email {
            assert_eq!(store.find_by_normalized_email(email).await?, Some(written.clone()));
        }
    }
    Ok(())
}

/// Text outside ASCII, and outside the basic plane, comes back and can be looked up.
pub async fn unicode_is_kept(store: Store) -> Result<(), StoreError> {
    let written = create(&store, "ünï-ß-Ελλάς-😀-'quoted'-%_").await?;
    assert_eq!(by_name(&store, &written).await?, Some(written.clone()));
    assert_eq!(
        store
            .find_by_normalized_email(&normalized("ÜNÏ-😀@EXAMPLE.TEST"))
            .await?,
        None
    );
    store.add_claim(&written.id, "géneral", "\u{1f600}\n").await?;
    assert_eq!(claims(&store, &written.id).await?, [pair("géneral", "\u{1f600}\n")]);
    Ok(())
}

/// Looking up what is not there is an answer, not an error.
pub async fn a_missing_account_is_none(store: Store) -> Result<(), StoreError> {
    let missing = user("nobody");
    assert_eq!(store.find_by_id(&missing.id).await?, None);
    assert_eq!(by_name(&store, &missing).await?, None);
    assert_eq!(
        store
            .find_by_normalized_email(&normalized("NOBODY@EXAMPLE.TEST"))
            .await?,
        None
    );
    assert_eq!(store.find_claims(&missing.id).await?, UserClaims::default());
    assert_eq!(store.authenticator_key(&missing.id).await?, None);
    assert_eq!(store.count_recovery_codes(&missing.id).await?, 0);
    assert_eq!(store.list(None, 10).await?, []);
    Ok(())
}

/// A second account with the name is refused and leaves no trace.
pub async fn a_taken_name_refuses_another_account(store: Store) -> Result<(), StoreError> {
    let first = create(&store, "ada").await?;
    let second = User {
        id: user("other").id,
        ..user("ada")
    };
    assert_eq!(
        store.create(&second, EmailUniqueness::NotRequired).await?,
        CreateOutcome::DuplicateUserName
    );
    assert_eq!(store.find_by_id(&second.id).await?, None);
    assert_eq!(by_name(&store, &first).await?, Some(first));
    Ok(())
}

/// An id that comes again is a fault of whoever makes ids, not an answer, and replaces nothing.
pub async fn a_taken_id_fails(store: Store) -> Result<(), StoreError> {
    let first = create(&store, "ada").await?;
    let second = User {
        id: first.id.clone(),
        ..user("grace")
    };
    let created = store.create(&second, EmailUniqueness::NotRequired).await;
    assert!(matches!(created, Err(StoreError::Failed(_))), "{created:?}");
    assert_eq!(reload(&store, &first).await?, first);
    assert_eq!(by_name(&store, &second).await?, None);
    Ok(())
}

/// Two accounts may share an address, unless the options say otherwise.
pub async fn a_shared_address_is_refused_only_where_it_must_be_unique(store: Store) -> Result<(), StoreError> {
    let first = create(&store, "ada").await?;
    let sharing = |name| User {
        email: first.email.clone(),
        normalized_email: first.normalized_email.clone(),
        ..user(name)
    };
    assert_eq!(
        store.create(&sharing("grace"), EmailUniqueness::Required).await?,
        CreateOutcome::DuplicateEmail
    );
    assert_eq!(by_name(&store, &user("grace")).await?, None);
    assert_eq!(
        store.create(&sharing("alan"), EmailUniqueness::NotRequired).await?,
        CreateOutcome::Created
    );
    Ok(())
}

/// The race for a name has one winner; the others are told that it is taken.
pub async fn many_registrations_of_one_name_give_one_account(store: Store) -> Result<(), StoreError> {
    let outcomes = in_parallel(50, |i| {
        let (store, user) = (
            store.clone(),
            User {
                id: user(&format!("id-{i}")).id,
                ..user("ada")
            },
        );
        async move { store.create(&user, EmailUniqueness::NotRequired).await }
    })
    .await?;
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::Created)
            .count(),
        1
    );
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::DuplicateUserName)
            .count(),
        49
    );
    assert_eq!(store.list(None, 100).await?.len(), 1);
    Ok(())
}

/// So does the race for an address that must be unique.
pub async fn many_registrations_of_one_unique_address_give_one_account(store: Store) -> Result<(), StoreError> {
    let outcomes = in_parallel(50, |i| {
        let shared = user("ada");
        let user = User {
            email: shared.email,
            normalized_email: shared.normalized_email,
            ..user(&format!("user-{i}"))
        };
        let store = store.clone();
        async move { store.create(&user, EmailUniqueness::Required).await }
    })
    .await?;
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::Created)
            .count(),
        1
    );
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::DuplicateEmail)
            .count(),
        49
    );
    assert_eq!(store.list(None, 100).await?.len(), 1);
    Ok(())
}

/// The name is unique only where there is one.
pub async fn accounts_without_a_name_do_not_collide(store: Store) -> Result<(), StoreError> {
    for i in 0..2 {
        let nameless = User {
            user_name: None,
            normalized_user_name: None,
            ..user(&format!("{i}"))
        };
        assert_eq!(
            store.create(&nameless, EmailUniqueness::NotRequired).await?,
            CreateOutcome::Created
        );
        assert_eq!(store.find_by_id(&nameless.id).await?, Some(nameless));
    }
    assert_eq!(store.list(None, 10).await?, []);
    Ok(())
}

/// Pages follow each other without gap or repetition.
pub async fn accounts_are_listed_in_pages(store: Store) -> Result<(), StoreError> {
    for name in ["e", "b", "d", "a", "c"] {
        create(&store, name).await?;
    }
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = store.list(after.as_ref(), 2).await?;
        let Some(last) = page.last() else { break };
        after = last.normalized_user_name.clone();
        pages.push(page.into_iter().filter_map(|user| user.user_name).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    Ok(())
}

/// A deleted account leaves nothing that a later one with its name or id could inherit.
pub async fn deletion_takes_everything_along(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.add_claim(&ada.id, "department", "engineering").await?;
    store.add_role(&ada.id, "Manager", &normalized("MANAGER")).await?;
    store.replace_authenticator_key(&ada.id, "KEY", &stamp("K")).await?;
    store
        .replace_recovery_codes(&ada.id, &["AAAAA-AAAAA".to_owned()])
        .await?;

    assert!(store.delete(&ada.id).await?);
    assert!(!store.delete(&ada.id).await?);
    assert_eq!(by_name(&store, &ada).await?, None);

    let again = create(&store, "ada").await?;
    assert_eq!(again.id, ada.id);
    assert_eq!(store.find_claims(&again.id).await?, UserClaims::default());
    assert_eq!(store.authenticator_key(&again.id).await?, None);
    assert_eq!(store.count_recovery_codes(&again.id).await?, 0);
    Ok(())
}

/// EF Core's optimistic concurrency, in an application beside this one, sees every write.
pub async fn every_write_gives_a_new_concurrency_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let mut seen = HashSet::from([ada.concurrency_stamp.clone()]);
    for write in 0..WRITES {
        apply(&store, write, &reload(&store, &ada).await?).await?;
        let after = reload(&store, &ada).await?;
        assert!(
            after.concurrency_stamp.is_some(),
            "write {write} left no concurrency stamp"
        );
        assert!(
            seen.insert(after.concurrency_stamp),
            "write {write} kept the concurrency stamp"
        );
    }
    Ok(())
}

/// A write that comes after the deletion brings nothing back.
pub async fn every_write_to_a_missing_account_conflicts(store: Store) -> Result<(), StoreError> {
    let missing = user("nobody");
    for write in 0..WRITES {
        assert_eq!(
            apply(&store, write, &missing).await?,
            UpdateOutcome::Conflict,
            "write {write}"
        );
    }
    assert_eq!(
        store.record_failure(&missing.id, 5, NOW, FIVE_MINUTES).await?,
        FailureOutcome::Counted(0)
    );
    store.reset_failures(&missing.id).await?;
    assert!(!store.redeem_recovery_code(&missing.id, "AAAAA-AAAAA").await?);
    assert_eq!(store.find_by_id(&missing.id).await?, None);
    assert_eq!(store.find_claims(&missing.id).await?, UserClaims::default());
    Ok(())
}

// Lockout

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
    let later = NOW + Duration::nanoseconds(100);
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

/// An operator's lock and unlock, with the fraction of a second that .NET has.
pub async fn a_lockout_is_set_and_taken_away(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for end in [Some(NOW + Duration::nanoseconds(100)), Some(NOW), None] {
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

// Passwords and stamps

/// A change that was checked against an older state of the account does not overwrite a newer one.
pub async fn a_password_is_replaced_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let replace = |expected: Option<SecurityStamp>, hash, new| {
        let (store, id) = (store.clone(), ada.id.clone());
        async move {
            let hash = PasswordHash::from_stored(hash);
            store
                .replace_password(&id, expected.as_ref(), Some(&hash), &stamp(new))
                .await
        }
    };
    let first = || ada.security_stamp.clone();
    assert_eq!(
        replace(Some(stamp("stale")), "no", "no").await?,
        UpdateOutcome::Conflict
    );
    assert_eq!(reload(&store, &ada).await?, ada);
    assert_eq!(replace(first(), "one", "1").await?, UpdateOutcome::Updated);
    assert_eq!(replace(first(), "no", "no").await?, UpdateOutcome::Conflict);
    assert_eq!(replace(None, "no", "no").await?, UpdateOutcome::Conflict);
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (after.password_hash, after.security_stamp),
        (Some(PasswordHash::from_stored("one")), Some(stamp("1")))
    );
    Ok(())
}

/// An account of another system's making may have no stamp; then that is what is expected.
pub async fn a_missing_stamp_can_be_expected(store: Store) -> Result<(), StoreError> {
    let bare = User {
        security_stamp: None,
        ..user("ada")
    };
    store.create(&bare, EmailUniqueness::NotRequired).await?;
    let hash = PasswordHash::from_stored("new");
    let stale = stamp("stale");
    let replace = async |expected| {
        store
            .replace_password(&bare.id, expected, Some(&hash), &stamp("new"))
            .await
    };
    assert_eq!(replace(Some(&stale)).await?, UpdateOutcome::Conflict);
    assert_eq!(replace(None).await?, UpdateOutcome::Updated);
    assert_eq!(replace(None).await?, UpdateOutcome::Conflict);
    Ok(())
}

/// Of many changes that saw the same state one happens, so a reset code works once.
pub async fn one_of_many_password_changes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(20, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let hash = PasswordHash::from_stored(format!("hash-{i}"));
            let stamp = stamp(&format!("stamp-{i}"));
            store
                .replace_password(&ada.id, ada.security_stamp.as_ref(), Some(&hash), &stamp)
                .await
        }
    })
    .await?;
    assert_eq!(updated(&outcomes), 1);
    let after = reload(&store, &ada).await?;
    let hash = after
        .password_hash
        .as_ref()
        .map(|hash| hash.as_str().replace("hash", "stamp"));
    assert_eq!(
        hash.as_deref(),
        after.security_stamp.as_ref().map(SecurityStamp::as_str)
    );
    Ok(())
}

/// An account can lose its password.
pub async fn a_password_is_removed(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store
        .replace_password(&ada.id, ada.security_stamp.as_ref(), None, &stamp("new"))
        .await?;
    assert_eq!(reload(&store, &ada).await?.password_hash, None);
    Ok(())
}

/// Parallel logins that all see an old hash replace it once; a password changed meanwhile is not overwritten.
pub async fn one_of_many_rehashes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(20, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let old = ada.password_hash.unwrap_or_else(|| PasswordHash::from_stored(""));
            let new = PasswordHash::from_stored(format!("better-{i}"));
            store
                .rehash_password(&ada.id, &old, &new, &stamp(&format!("better-{i}")))
                .await
        }
    })
    .await?;
    assert_eq!(updated(&outcomes), 1);
    let after = reload(&store, &ada).await?;
    let hash = after.password_hash.as_ref().map(PasswordHash::as_str);
    assert_eq!(hash, after.security_stamp.as_ref().map(SecurityStamp::as_str));
    Ok(())
}

/// Signing out everywhere is a new stamp.
pub async fn the_security_stamp_is_replaced(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    assert_eq!(
        store.replace_security_stamp(&ada.id, &stamp("new")).await?,
        UpdateOutcome::Updated
    );
    assert_eq!(reload(&store, &ada).await?.security_stamp, Some(stamp("new")));
    Ok(())
}

// Addresses and names

/// Confirming keeps the stamp, and a link made before the last change of it confirms nothing.
pub async fn an_address_is_confirmed_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    assert_eq!(
        store.confirm_email(&ada.id, Some(&stamp("stale"))).await?,
        UpdateOutcome::Conflict
    );
    assert!(!reload(&store, &ada).await?.email_confirmed);
    assert_eq!(
        store.confirm_email(&ada.id, ada.security_stamp.as_ref()).await?,
        UpdateOutcome::Updated
    );
    let after = reload(&store, &ada).await?;
    assert!(after.email_confirmed);
    assert_eq!(after.security_stamp, ada.security_stamp);
    Ok(())
}

/// The new address, the new name and the new stamp appear together, and the old name is free.
pub async fn an_address_is_changed_with_the_user_name(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcome = change_email(&store, &ada, "countess", Some("countess"), EmailUniqueness::Required).await?;
    assert_eq!(outcome, UpdateOutcome::Updated);
    let expected = user("countess");
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (&after.email, &after.normalized_email),
        (&expected.email, &expected.normalized_email)
    );
    assert_eq!(
        (&after.user_name, &after.normalized_user_name),
        (&expected.user_name, &expected.normalized_user_name)
    );
    assert!(after.email_confirmed);
    assert_eq!(after.security_stamp, Some(stamp("changed")));
    assert_eq!(by_name(&store, &expected).await?, Some(after));
    assert_eq!(by_name(&store, &ada).await?, None);

    let heir = User {
        id: UserId::from_stored("another id"),
        ..user("ada")
    };
    assert_eq!(
        store.create(&heir, EmailUniqueness::Required).await?,
        CreateOutcome::Created
    );
    Ok(())
}

/// A link made before the last change of the stamp changes nothing; without a name the name stays.
pub async fn an_address_is_changed_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let stale = User {
        security_stamp: Some(stamp("stale")),
        ..ada.clone()
    };
    let outcome = change_email(
        &store,
        &stale,
        "countess",
        Some("countess"),
        EmailUniqueness::NotRequired,
    )
    .await?;
    assert_eq!(outcome, UpdateOutcome::Conflict);
    assert_eq!(reload(&store, &ada).await?, ada);

    let outcome = change_email(&store, &ada, "countess", None, EmailUniqueness::NotRequired).await?;
    assert_eq!(outcome, UpdateOutcome::Updated);
    let after = reload(&store, &ada).await?;
    assert_eq!(after.email, user("countess").email);
    assert_eq!(after.user_name, ada.user_name);
    Ok(())
}

/// Where name or address belongs to another account, neither changes; one's own are not taken.
pub async fn a_change_to_a_taken_name_or_address_changes_nothing(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    create(&store, "grace").await?;
    let outcome = change_email(&store, &ada, "free", Some("grace"), EmailUniqueness::NotRequired).await?;
    assert_eq!(outcome, UpdateOutcome::DuplicateUserName);
    let outcome = change_email(&store, &ada, "grace", None, EmailUniqueness::Required).await?;
    assert_eq!(outcome, UpdateOutcome::DuplicateEmail);
    assert_eq!(reload(&store, &ada).await?, ada);
    let outcome = change_email(&store, &ada, "ada", Some("ada"), EmailUniqueness::Required).await?;
    assert_eq!(outcome, UpdateOutcome::Updated);
    Ok(())
}

/// A name is given, refused where it is taken, and free once it is left.
pub async fn a_user_name_is_changed(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    assert_eq!(rename(&store, &ada, "grace").await?, UpdateOutcome::DuplicateUserName);
    assert_eq!(reload(&store, &ada).await?, ada);
    assert_eq!(rename(&store, &ada, "countess").await?, UpdateOutcome::Updated);
    let after = reload(&store, &ada).await?;
    assert_eq!(after.user_name.as_deref(), Some("countess"));
    assert_eq!(
        (after.email.clone(), after.security_stamp.clone()),
        (ada.email.clone(), Some(stamp("renamed")))
    );
    assert_eq!(by_name(&store, &user("countess")).await?, Some(after));
    assert_eq!(rename(&store, &grace, "ada").await?, UpdateOutcome::Updated);
    Ok(())
}

/// The race for a name has one winner here too.
pub async fn many_renames_to_one_name_give_it_to_one_account(store: Store) -> Result<(), StoreError> {
    let mut accounts = Vec::new();
    for i in 0..20 {
        accounts.push(create(&store, &format!("user-{i}")).await?);
    }
    let outcomes = in_parallel(accounts.len(), |i| {
        let (store, user) = (store.clone(), accounts[i].clone());
        async move { rename(&store, &user, "ada").await }
    })
    .await?;
    assert_eq!(updated(&outcomes), 1);
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == UpdateOutcome::DuplicateUserName)
            .count(),
        19
    );
    Ok(())
}

/// Whether the telephone number is confirmed is kept; the stamp stays.
pub async fn a_telephone_number_is_confirmed(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for confirmed in [true, false] {
        assert_eq!(
            store.set_phone_number_confirmed(&ada.id, confirmed).await?,
            UpdateOutcome::Updated
        );
        let after = reload(&store, &ada).await?;
        assert_eq!(
            (after.phone_number_confirmed, after.security_stamp),
            (confirmed, ada.security_stamp.clone())
        );
    }
    Ok(())
}

// Second factor

/// Switching the second factor ends sessions.
pub async fn the_second_factor_is_switched_with_a_new_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for (enabled, new) in [(true, "on"), (false, "off")] {
        assert_eq!(
            store.set_two_factor_enabled(&ada.id, enabled, &stamp(new)).await?,
            UpdateOutcome::Updated
        );
        let after = reload(&store, &ada).await?;
        assert_eq!(
            (after.two_factor_enabled, after.security_stamp),
            (enabled, Some(stamp(new)))
        );
    }
    Ok(())
}

/// An account has one key; a new one takes the old one's place.
pub async fn an_authenticator_key_is_replaced_with_a_new_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    assert_eq!(store.authenticator_key(&ada.id).await?, None);
    for key in ["FIRST", "SECOND"] {
        assert_eq!(
            store.replace_authenticator_key(&ada.id, key, &stamp(key)).await?,
            UpdateOutcome::Updated
        );
        assert_eq!(store.authenticator_key(&ada.id).await?.as_deref(), Some(key));
        assert_eq!(reload(&store, &ada).await?.security_stamp, Some(stamp(key)));
    }
    assert_eq!(store.authenticator_key(&grace.id).await?, None);
    Ok(())
}

/// New codes take the old ones' place; the stamp stays.
pub async fn recovery_codes_are_replaced_and_counted(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for number in [10, 3, 0, 1] {
        assert_eq!(
            store.replace_recovery_codes(&ada.id, &codes(number)).await?,
            UpdateOutcome::Updated
        );
        assert_eq!(store.count_recovery_codes(&ada.id).await?, number);
    }
    assert!(
        !store.redeem_recovery_code(&ada.id, "CODE9-CODE9").await?,
        "a replaced code"
    );
    assert!(
        !store.redeem_recovery_code(&ada.id, "code0-code0").await?,
        "another case"
    );
    assert!(!store.redeem_recovery_code(&ada.id, "").await?);
    assert!(store.redeem_recovery_code(&ada.id, "CODE0-CODE0").await?);
    assert_eq!(store.count_recovery_codes(&ada.id).await?, 0);
    assert_eq!(reload(&store, &ada).await?.security_stamp, ada.security_stamp);
    Ok(())
}

/// One code lets one of fifty in.
pub async fn a_recovery_code_works_for_one_of_many(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.replace_recovery_codes(&ada.id, &codes(10)).await?;
    let redeemed = in_parallel(50, |_| {
        let (store, id) = (store.clone(), ada.id.clone());
        async move { store.redeem_recovery_code(&id, "CODE4-CODE4").await }
    })
    .await?;
    assert_eq!(redeemed.iter().filter(|redeemed| **redeemed).count(), 1);
    assert_eq!(store.count_recovery_codes(&ada.id).await?, 9);
    Ok(())
}

/// No redemption undoes another.
pub async fn different_recovery_codes_are_redeemed_in_parallel(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.replace_recovery_codes(&ada.id, &codes(10)).await?;
    let redeemed = in_parallel(9, |i| {
        let (store, id) = (store.clone(), ada.id.clone());
        async move { store.redeem_recovery_code(&id, &codes(10)[i]).await }
    })
    .await?;
    assert_eq!(redeemed, [true; 9]);
    assert_eq!(store.count_recovery_codes(&ada.id).await?, 1);
    assert!(store.redeem_recovery_code(&ada.id, "CODE9-CODE9").await?);
    Ok(())
}

// Roles and claims

/// Joining or leaving a role twice does no harm, and leaves other roles and users alone.
pub async fn roles_are_joined_and_left(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    for role in ["Writer", "Editor", "Writer"] {
        assert_eq!(join(&store, &ada, role).await?, UpdateOutcome::Updated);
    }
    join(&store, &grace, "Writer").await?;
    assert_eq!(roles(&store, &ada).await?, ["Editor", "Writer"]);
    for _ in 0..2 {
        assert_eq!(
            store.remove_role(&ada.id, &normalized("WRITER")).await?,
            UpdateOutcome::Updated
        );
        assert_eq!(roles(&store, &ada).await?, ["Editor"]);
    }
    assert_eq!(
        store.remove_role(&ada.id, &normalized("NO SUCH ROLE")).await?,
        UpdateOutcome::Updated
    );
    assert_eq!(roles(&store, &grace).await?, ["Writer"]);
    Ok(())
}

/// A role is made once; who joins it by another spelling joins that one, also after everybody left.
pub async fn a_role_keeps_its_first_name(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    join(&store, &ada, "Manager").await?;
    store.remove_role(&ada.id, &normalized("MANAGER")).await?;
    join(&store, &ada, "manager").await?;
    assert_eq!(roles(&store, &ada).await?, ["Manager"]);
    Ok(())
}

/// The race to make a role has one winner, and everybody gets in.
pub async fn many_tasks_make_one_role(store: Store) -> Result<(), StoreError> {
    let mut accounts = Vec::new();
    for i in 0..20 {
        accounts.push(create(&store, &format!("user-{i}")).await?);
    }
    let outcomes = in_parallel(accounts.len(), |i| {
        let (store, user) = (store.clone(), accounts[i].clone());
        async move { join(&store, &user, "Manager").await }
    })
    .await?;
    assert_eq!(updated(&outcomes), accounts.len());
    for user in &accounts {
        assert_eq!(roles(&store, user).await?, ["Manager"]);
    }
    Ok(())
}

/// Claims come in the order they were added, repeated ones too, and removal takes all that are equal.
pub async fn claims_are_kept_in_order(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for (claim_type, value) in [("b", "2"), ("a", "1"), ("b", "2"), ("B", "2"), ("b", "3")] {
        assert_eq!(
            store.add_claim(&ada.id, claim_type, value).await?,
            UpdateOutcome::Updated
        );
    }
    let all = [
        pair("b", "2"),
        pair("a", "1"),
        pair("b", "2"),
        pair("B", "2"),
        pair("b", "3"),
    ];
    assert_eq!(claims(&store, &ada.id).await?, all);
    for _ in 0..2 {
        assert_eq!(store.remove_claim(&ada.id, "b", "2").await?, UpdateOutcome::Updated);
        assert_eq!(
            claims(&store, &ada.id).await?,
            [pair("a", "1"), pair("B", "2"), pair("b", "3")]
        );
    }
    assert_eq!(reload(&store, &ada).await?.security_stamp, ada.security_stamp);
    Ok(())
}

/// The readiness probe's question is answered.
pub async fn the_store_answers_a_ping(store: Store) -> Result<(), StoreError> {
    store.ping().await
}

// Helpers

/// How many writes [`apply`] knows.
const WRITES: usize = 15;

/// One of the writes that change an account's row, by number.
async fn apply(store: &Store, write: usize, user: &User) -> Result<UpdateOutcome, StoreError> {
    let id = &user.id;
    let hash = PasswordHash::from_stored("applied");
    match write {
        0 => store.set_lockout_end(id, Some(NOW)).await,
        1 => store.set_lockout_enabled(id, true).await,
        2 => {
            store
                .replace_password(id, user.security_stamp.as_ref(), Some(&hash), &stamp("2"))
                .await
        }
        3 => store.rehash_password(id, &hash, &hash, &stamp("3")).await,
        4 => store.replace_security_stamp(id, &stamp("4")).await,
        5 => store.confirm_email(id, user.security_stamp.as_ref()).await,
        6 => {
            store
                .set_user_name(id, "applied", &normalized("APPLIED"), &stamp("6"))
                .await
        }
        7 => store.set_phone_number_confirmed(id, true).await,
        8 => store.set_two_factor_enabled(id, true, &stamp("8")).await,
        9 => store.replace_authenticator_key(id, "KEY", &stamp("changed")).await,
        10 => store.replace_recovery_codes(id, &codes(2)).await,
        11 => change_email(store, user, "new", None, EmailUniqueness::NotRequired).await,
        12 => join(store, user, "Manager").await,
        13 => store.remove_role(id, &normalized("MANAGER")).await,
        _ => store.add_claim(id, "type", "value").await,
    }
}

/// An account that could have been registered with the address `name@example.test`.
fn user(name: &str) -> User {
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

async fn create(store: &Store, name: &str) -> Result<User, StoreError> {
    let user = user(name);
    assert_eq!(
        store.create(&user, EmailUniqueness::NotRequired).await?,
        CreateOutcome::Created
    );
    Ok(user)
}

async fn reload(store: &Store, user: &User) -> Result<User, StoreError> {
    let found = store.find_by_id(&user.id).await?;
    assert!(found.is_some(), "{} is gone", user.id);
    Ok(found.unwrap_or_else(|| user.clone()))
}

async fn by_name(store: &Store, user: &User) -> Result<Option<User>, StoreError> {
    match &user.normalized_user_name {
        Some(name) => store.find_by_normalized_name(name).await,
        None => Ok(None),
    }
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

async fn change_email(
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

async fn rename(store: &Store, user: &User, name: &str) -> Result<UpdateOutcome, StoreError> {
    store
        .set_user_name(&user.id, name, &normalized(&name.to_uppercase()), &stamp("renamed"))
        .await
}

async fn join(store: &Store, user: &User, role: &str) -> Result<UpdateOutcome, StoreError> {
    store.add_role(&user.id, role, &normalized(&role.to_uppercase())).await
}

async fn roles(store: &Store, user: &User) -> Result<Vec<String>, StoreError> {
    let claims = store.find_claims(&user.id).await?;
    let mut names: Vec<_> = claims.roles.into_iter().map(|(name, _)| name).collect();
    names.sort();
    Ok(names)
}

async fn claims(store: &Store, id: &UserId) -> Result<Vec<(String, String)>, StoreError> {
    Ok(store.find_claims(id).await?.claims)
}

/// Runs as many tasks at once and gives what they answered, in order of their numbers.
async fn in_parallel<F, T>(tasks: usize, task: impl Fn(usize) -> F) -> Result<Vec<T>, StoreError>
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

fn counted(outcome: FailureOutcome) -> Option<i32> {
    match outcome {
        FailureOutcome::Counted(count) => Some(count),
        FailureOutcome::LockedOut(_) => None,
    }
}

fn updated(outcomes: &[UpdateOutcome]) -> usize {
    outcomes
        .iter()
        .filter(|outcome| **outcome == UpdateOutcome::Updated)
        .count()
}

fn codes(number: usize) -> Vec<String> {
    (0..number).map(|i| format!("CODE{i}-CODE{i}")).collect()
}

fn normalized(text: &str) -> NormalizedName {
    NormalizedName::from_stored(text)
}

fn stamp(text: &str) -> SecurityStamp {
    SecurityStamp::from_stored(text)
}

fn pair(claim_type: &str, value: &str) -> (String, String) {
    (claim_type.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_check_is_in_the_list() {
        let source = include_str!("conformance.rs");
        let (list, checks) = source.split_once("pub type Store").unwrap();
        let checks: Vec<_> = checks
            .lines()
            .filter_map(|line| line.strip_prefix("pub async fn ")?.split_once('('))
            .map(|(name, _)| name)
            .collect();
        let listed: Vec<_> = list
            .lines()
            .map(str::trim)
            .filter(|line| checks.contains(line))
            .collect();
        assert!(checks.len() > 40);
        assert_eq!(listed, checks);
    }
}
