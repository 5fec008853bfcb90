//! Accounts that are to be deleted. Stores that keep no deletions pass every check here.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::{Change, Closing, Deletion};
use wicketgate_identity::session::SessionsAfterChange;
use wicketgate_identity::store::{AttemptOutcome, ChangeOutcome, DeletionOutcome, DeletionStore};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

use crate::Store;
use crate::fixture::{NOW, by_id, by_name, change, create, in_parallel, reload, stamp};
use crate::lockout::fail;
use crate::sessions::fixture::{add, good};

const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);
const GRACE: Duration = Duration::DAY;
const DUE: OffsetDateTime = NOW.saturating_add(GRACE);

fn event(kind: EventKind, id: &UserId, sessions: Option<SessionsAfterChange>) -> Event {
    Event::new(kind, Some(id.clone()), NOW).with_sessions(sessions)
}

/// Asks for it as [`Accounts`](wicketgate_identity::Accounts) does.
async fn request(store: &Store, user: &User, due: OffsetDateTime) -> Result<ChangeOutcome, StoreError> {
    let Some(deletions) = store.deletions() else {
        return Ok(ChangeOutcome::Conflict);
    };
    let closing = Closing {
        deletion: Deletion { requested: NOW, due },
        locked_until: FOR_EVER,
        stamp: stamp("closed"),
    };
    let end = store.sessions().map(|_| SessionsAfterChange::End { but: None });
    let event = event(EventKind::DeletionRequested(due), &user.id, end);
    let expected = user.security_stamp.as_ref();
    deletions.request(&user.id, expected, &closing, &event).await
}

async fn delete(
    deletions: &dyn DeletionStore,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<DeletionOutcome, StoreError> {
    let event = event(EventKind::Deleted, id, Some(SessionsAfterChange::Removed));
    deletions.delete(id, now, &event).await
}

async fn cancel(deletions: &dyn DeletionStore, id: &UserId) -> Result<ChangeOutcome, StoreError> {
    deletions
        .cancel(id, &event(EventKind::DeletionCancelled, id, None))
        .await
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
    assert_eq!(closed.lockout_end, Some(FOR_EVER));
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
    assert!(deletions.list_due(early, 10).await?.is_empty());
    assert_eq!(delete(deletions, &bob.id, early).await?, DeletionOutcome::NotDue);
    assert_eq!(deletions.list_due(DUE, 10).await?, std::slice::from_ref(&bob.id));
    let late = DUE + GRACE;
    assert_eq!(deletions.list_due(late, 10).await?, [bob.id.clone(), ada.id.clone()]);
    assert_eq!(deletions.list_due(late, 1).await?, std::slice::from_ref(&bob.id));

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
    assert!(deletions.list_due(late, 10).await?.is_empty());
    Ok(())
}

/// The account is as before, but for its stamp.
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
    }
    assert!(deletions.list_due(DUE, 10).await?.is_empty());
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
