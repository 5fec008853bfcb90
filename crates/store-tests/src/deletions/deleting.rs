//! Accounts are closed at once, and deleted when they are due.

use std::collections::BTreeSet;

use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::{Change, Deletion, DueDeletion};
use wicketgate_identity::store::{ChangeOutcome, DeletionOutcome, DeletionStore};
use wicketgate_identity::{EventKind, StoreError, User, UserId};

use super::{CLOSED, DUE, GRACE, delete, event, request};
use crate::Store;
use crate::fixture::{NOW, by_id, by_name, change, create, in_parallel, reload, stamp};
use crate::sessions::fixture::{add, good};

/// All that are, page by page.
async fn due(deletions: &dyn DeletionStore, now: OffsetDateTime) -> Result<Vec<UserId>, StoreError> {
    let (mut due, mut after) = (Vec::new(), None::<DueDeletion>);
    loop {
        let page = deletions.list_due(now, after.as_ref(), 2).await?;
        assert!(page.len() <= 2);
        due.extend(page.iter().map(|due| due.user.clone()));
        after = page.last().cloned();
        if after.is_none() {
            return Ok(due);
        }
    }
}

/// Nobody can sign in, and whoever is signed in is so no more.
pub async fn an_account_that_is_to_be_deleted_is_closed(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    assert_eq!(
        change(&store, &ada, Change::LockoutEnabled(false)).await?,
        ChangeOutcome::Changed
    );
    if let Some(sessions) = store.sessions() {
        add(sessions, &ada, 0..2).await?;
        add(sessions, &bob, [2]).await?;
    }
    let stranger = User {
        security_stamp: Some(stamp("another")),
        ..ada.clone()
    };
    assert_eq!(request(&store, &stranger, DUE).await?, ChangeOutcome::Conflict);
    assert_eq!(deletions.find(&ada.id).await?, None);

    assert_eq!(request(&store, &ada, DUE).await?, ChangeOutcome::Changed);
    let due = DUE;
    let deletion = Deletion { requested: NOW, due };
    assert_eq!(deletions.find(&ada.id).await?, Some(deletion));
    let closed = reload(&store, &ada).await?;
    assert!(closed.lockout_enabled);
    assert_eq!(closed.lockout_end, Some(CLOSED));
    assert_eq!(closed.security_stamp, Some(stamp("closed")));
    assert_ne!(closed.concurrency_stamp, ada.concurrency_stamp);
    if let Some(sessions) = store.sessions() {
        assert!(good(sessions, &ada.id).await?.is_empty());
        assert_eq!(good(sessions, &bob.id).await?, [2]);
    }
    // A later request replaces the earlier one.
    assert_eq!(request(&store, &closed, DUE + GRACE).await?, ChangeOutcome::Changed);
    assert_eq!(
        deletions.find(&ada.id).await?.map(|deletion| deletion.due),
        Some(DUE + GRACE)
    );
    assert_eq!(deletions.find(&bob.id).await?, None);
    Ok(())
}

/// And only then.
pub async fn accounts_are_deleted_when_they_are_due(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    let eve = create(&store, "eve").await?;
    assert_eq!(request(&store, &ada, DUE + GRACE).await?, ChangeOutcome::Changed);
    assert_eq!(request(&store, &bob, DUE).await?, ChangeOutcome::Changed);
    let early = DUE - Duration::SECOND;
    assert!(due(deletions, early).await?.is_empty());
    assert_eq!(delete(deletions, &bob.id, early).await?, DeletionOutcome::NotDue);
    assert_eq!(due(deletions, DUE).await?, std::slice::from_ref(&bob.id));
    let late = DUE + GRACE;
    assert_eq!(due(deletions, late).await?, [bob.id.clone(), ada.id.clone()]);

    // Of many instances, one deletes it.
    let outcomes = in_parallel(8, |_| {
        let (store, id) = (store.clone(), bob.id.clone());
        async move {
            match store.deletions() {
                Some(deletions) => delete(deletions, &id, DUE).await,
                None => Ok(DeletionOutcome::NotDue),
            }
        }
    })
    .await?;
    let deleted = outcomes.iter().filter(|outcome| **outcome == DeletionOutcome::Deleted);
    assert_eq!(deleted.count(), 1, "{outcomes:?}");
    assert!(!outcomes.contains(&DeletionOutcome::Kept), "{outcomes:?}");
    assert_eq!(by_id(&store, &bob.id).await?, None);
    assert_eq!(by_name(&store, &bob).await?, None);
    assert_eq!(deletions.find(&bob.id).await?, None);
    assert!(by_id(&store, &ada.id).await?.is_some());
    assert_eq!(delete(deletions, &eve.id, late).await?, DeletionOutcome::NotDue);
    assert!(by_id(&store, &eve.id).await?.is_some());

    // One that was deleted otherwise: a later account may get the same number.
    store
        .accounts()
        .delete(&ada.id, &event(EventKind::Deleted, &ada.id, None))
        .await?;
    assert_eq!(deletions.find(&ada.id).await?, None);
    assert_eq!(delete(deletions, &ada.id, late).await?, DeletionOutcome::NotDue);
    assert!(due(deletions, late).await?.is_empty());
    Ok(())
}

/// Also if many are due at one instant, and if the last one of a page is gone when the next one is read.
pub async fn all_accounts_that_are_due_are_listed_page_by_page(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let mut ids = Vec::new();
    for number in 0..7 {
        let user = create(&store, &format!("user{number}")).await?;
        let later = Duration::MICROSECOND * i32::from(number == 0 || number > 5);
        assert_eq!(request(&store, &user, DUE + later).await?, ChangeOutcome::Changed);
        ids.push(user.id);
    }
    let listed = due(deletions, DUE).await?;
    assert_eq!(
        (listed.len(), BTreeSet::from_iter(&listed)),
        (5, ids[1..6].iter().collect())
    );
    let late = DUE + GRACE;
    let all = due(deletions, late).await?;
    assert_eq!((all.len(), BTreeSet::from_iter(&all)), (7, ids.iter().collect()));
    assert_eq!(all[..5], listed);

    let page = deletions.list_due(late, None, 2).await?;
    assert_eq!(page.iter().map(|due| due.due).collect::<Vec<_>>(), [DUE, DUE]);
    for due in &page {
        assert_eq!(delete(deletions, &due.user, late).await?, DeletionOutcome::Deleted);
    }
    let next = deletions.list_due(late, page.last(), 10).await?;
    assert_eq!(next.into_iter().map(|due| due.user).collect::<Vec<_>>(), all[2..]);
    Ok(())
}

/// By .NET, or by an older version of Wicketgate, which does not know of the request.
pub async fn an_account_that_somebody_unlocked_is_kept(store: Store) -> Result<(), StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    for user in [&ada, &bob] {
        assert_eq!(request(&store, user, DUE).await?, ChangeOutcome::Changed);
    }
    let (closed_ada, closed_bob) = (reload(&store, &ada).await?, reload(&store, &bob).await?);
    assert_eq!(
        change(&store, &closed_ada, Change::LockoutEnd(None)).await?,
        ChangeOutcome::Changed
    );
    // Locked by failures since.
    let soon = Change::LockoutEnd(Some(DUE + Duration::HOUR));
    assert_eq!(change(&store, &closed_bob, soon).await?, ChangeOutcome::Changed);
    for user in [&ada, &bob] {
        assert_eq!(delete(deletions, &user.id, DUE).await?, DeletionOutcome::Kept);
        assert!(by_id(&store, &user.id).await?.is_some());
        assert_eq!(deletions.find(&user.id).await?, None);
        assert!(!due(deletions, DUE).await?.contains(&user.id));
    }
    Ok(())
}
