//! Deletions are taken back.

use wicketgate_identity::account::Change;
use wicketgate_identity::store::{AttemptOutcome, ChangeOutcome, DeletionOutcome};
use wicketgate_identity::{StoreError, User};

use super::{DUE, FOR_EVER, GRACE, cancel, delete, request};
use crate::Store;
use crate::fixture::{NOW, by_id, change, create, in_parallel, reload};
use crate::lockout::fail;

/// The account is as before, but for its stamp and its failures.
pub async fn a_deletion_is_taken_back(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    assert_eq!(fail(&store, &ada, 5, NOW).await?, AttemptOutcome::Counted(1));
    assert_eq!(cancel(deletions, &ada.id).await?, ChangeOutcome::Conflict);
    assert_eq!(request(&store, &ada, DUE).await?, ChangeOutcome::Changed);
    assert_eq!(cancel(deletions, &ada.id).await?, ChangeOutcome::Changed);
    let restored = reload(&store, &ada).await?;
    assert_eq!((restored.lockout_end, restored.access_failed_count), (None, 0));
    assert_eq!(deletions.find(&ada.id).await?, None);
    assert_eq!(delete(deletions, &ada.id, DUE).await?, DeletionOutcome::NotDue);
    assert!(by_id(&store, &ada.id).await?.is_some());
    assert!(restored.lockout_enabled);
    // An operator's lock is nothing that is taken back here.
    let ada = reload(&store, &ada).await?;
    assert_eq!(
        change(&store, &ada, Change::LockoutEnd(Some(FOR_EVER))).await?,
        ChangeOutcome::Changed
    );
    assert_eq!(cancel(deletions, &ada.id).await?, ChangeOutcome::Conflict);
    assert_eq!(reload(&store, &ada).await?.lockout_end, Some(FOR_EVER));
    Ok(())
}

/// Whether failures lock the account, and also if its owner asks twice.
pub async fn a_restored_account_is_locked_by_failures_as_before(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let disable = Change::LockoutEnabled(false);
    let lockout = async |user: &User| {
        let user = reload(&store, user).await?;
        Ok::<_, StoreError>((user.lockout_enabled, user.lockout_end))
    };
    for times in 1..=2 {
        let ada = create(&store, &format!("ada{times}")).await?;
        assert_eq!(change(&store, &ada, disable.clone()).await?, ChangeOutcome::Changed);
        for _ in 0..times {
            let ada = reload(&store, &ada).await?;
            assert_eq!(request(&store, &ada, DUE).await?, ChangeOutcome::Changed);
        }
        assert_eq!(cancel(deletions, &ada.id).await?, ChangeOutcome::Changed);
        assert_eq!(lockout(&ada).await?, (false, None), "{times}");
    }

    // Unlocked by .NET, and changed, before its owner asked again.
    let bob = create(&store, "bob").await?;
    assert_eq!(request(&store, &bob, DUE).await?, ChangeOutcome::Changed);
    for by_others in [Change::LockoutEnd(None), disable] {
        let bob = reload(&store, &bob).await?;
        assert_eq!(change(&store, &bob, by_others).await?, ChangeOutcome::Changed);
    }
    let unlocked = reload(&store, &bob).await?;
    assert_eq!(request(&store, &unlocked, DUE).await?, ChangeOutcome::Changed);
    assert_eq!(cancel(deletions, &bob.id).await?, ChangeOutcome::Changed);
    assert_eq!(lockout(&bob).await?, (false, None));
    Ok(())
}

/// Before its owner closed it, or after.
pub async fn an_operators_lock_outlives_a_deletion_that_is_taken_back(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    let lock = Change::LockoutEnd(Some(FOR_EVER));
    assert_eq!(request(&store, &ada, DUE).await?, ChangeOutcome::Changed);
    let closed = reload(&store, &ada).await?;
    assert_eq!(change(&store, &closed, lock.clone()).await?, ChangeOutcome::Changed);
    assert_eq!(change(&store, &bob, lock).await?, ChangeOutcome::Changed);
    let locked = reload(&store, &bob).await?;
    assert_eq!(request(&store, &locked, DUE).await?, ChangeOutcome::Changed);
    for user in [&ada, &bob] {
        assert_eq!(cancel(deletions, &user.id).await?, ChangeOutcome::Changed);
        let restored = reload(&store, user).await?;
        assert_eq!((restored.lockout_enabled, restored.lockout_end), (true, Some(FOR_EVER)));
    }
    // With an end, by .NET.
    let cleo = create(&store, "cleo").await?;
    assert_eq!(request(&store, &cleo, DUE).await?, ChangeOutcome::Changed);
    let closed = reload(&store, &cleo).await?;
    let dated = Some(DUE + GRACE);
    assert_eq!(
        change(&store, &closed, Change::LockoutEnd(dated)).await?,
        ChangeOutcome::Changed
    );
    assert_eq!(cancel(deletions, &cleo.id).await?, ChangeOutcome::Changed);
    assert_eq!(reload(&store, &cleo).await?.lockout_end, dated);
    // Nor does it keep an account from being deleted.
    let ada = reload(&store, &ada).await?;
    assert_eq!(request(&store, &ada, DUE).await?, ChangeOutcome::Changed);
    assert_eq!(delete(deletions, &ada.id, DUE).await?, DeletionOutcome::Deleted);
    Ok(())
}

/// Whoever is first.
pub async fn an_account_is_either_restored_or_deleted(store: Store) -> Result<(), StoreError> {
    if store.deletions().is_none() {
        return Ok(());
    }
    for round in 0..5 {
        let ada = create(&store, &format!("ada{round}")).await?;
        assert_eq!(request(&store, &ada, DUE).await?, ChangeOutcome::Changed);
        let done = in_parallel(8, |i| {
            let (store, id) = (store.clone(), ada.id.clone());
            async move {
                let Some(deletions) = store.deletions() else {
                    return Ok((false, false));
                };
                Ok(match i % 2 {
                    0 => (delete(deletions, &id, DUE).await? == DeletionOutcome::Deleted, false),
                    _ => (false, cancel(deletions, &id).await? == ChangeOutcome::Changed),
                })
            }
        })
        .await?;
        let deleted = done.iter().filter(|(deleted, _)| *deleted).count();
        let restored = done.iter().filter(|(_, restored)| *restored).count();
        assert_eq!(
            (deleted + restored, by_id(&store, &ada.id).await?.is_some()),
            (1, restored == 1)
        );
    }
    Ok(())
}
