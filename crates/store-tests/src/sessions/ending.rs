//! Ending sessions, by themselves and with a change of the account.

use time::Duration;

use wicketgate_identity::session::{GoesOn, SessionsAfterChange};
use wicketgate_identity::store::EndSessions;
use wicketgate_identity::{EventKind, StoreError};

use super::fixture::{add, change, event, good, id, lock, session};
use crate::Store;
use crate::fixture::{NOW, create, in_parallel, stamp};

/// Of many who end it, one does.
pub async fn a_session_ends_once(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, 0..2).await?;
    let ended = in_parallel(8, |_| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let Some(sessions) = store.sessions() else { return Ok(0) };
            let why = event(EventKind::SignedOut, &ada);
            sessions.end(&ada.id, EndSessions::One(&id(0)), &why).await
        }
    })
    .await?;
    assert_eq!(ended.into_iter().sum::<u64>(), 1);
    assert_eq!(good(sessions, &ada.id).await?, [1]);
    assert_eq!(sessions.list(&ada.id, 10).await?.len(), 1);
    Ok(())
}

/// Those of nobody else.
pub async fn all_sessions_end_but_one(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(sessions, &ada, 0..3).await?;
    add(sessions, &bob, [3]).await?;
    let why = event(EventKind::OtherSessionsEnded { count: 0 }, &ada);
    let (two, id) = (id(1), &ada.id);
    assert_eq!(sessions.end(id, EndSessions::AllBut(Some(&two)), &why).await?, 2);
    assert_eq!(good(sessions, id).await?, [1]);
    assert_eq!(sessions.end(id, EndSessions::AllBut(None), &why).await?, 1);
    assert!(good(sessions, id).await?.is_empty());
    assert_eq!(good(sessions, &bob.id).await?, [3]);
    Ok(())
}

/// All but the one that makes the change, which goes on with the new stamp.
pub async fn sessions_end_with_a_change_of_the_account(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, 0..3).await?;
    let by_second = SessionsAfterChange::End {
        but: Some(GoesOn {
            session: id(1),
            old: ada.security_stamp.clone(),
            new: stamp("second"),
        }),
    };
    change(&store, &ada, "second", Some(by_second)).await?;
    assert_eq!(good(sessions, &ada.id).await?, [1]);
    let found = sessions.find(&id(1), &ada.id).await?;
    assert_eq!(found.and_then(|session| session.security_stamp), Some(stamp("second")));

    lock(&store, &ada).await?;
    assert!(good(sessions, &ada.id).await?.is_empty());
    Ok(())
}

/// A new hash of it gives the account a new stamp, too.
pub async fn sessions_go_on_with_the_same_password(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, 0..2).await?;
    let go_on = SessionsAfterChange::GoOn {
        old: ada.security_stamp.clone(),
        new: stamp("second"),
    };
    change(&store, &ada, "second", Some(go_on)).await?;
    assert_eq!(good(sessions, &ada.id).await?, [0, 1]);
    Ok(())
}

/// A session that .NET ended by a new stamp stays over, whatever happens to the account afterwards.
pub async fn a_session_that_is_over_is_not_brought_back(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, 0..2).await?;
    change(&store, &ada, "second", None).await?;
    let (second, third) = (Some(stamp("second")), stamp("third"));
    let go_on = SessionsAfterChange::GoOn {
        old: second.clone(),
        new: third.clone(),
    };
    change(&store, &ada, "third", Some(go_on)).await?;
    assert!(good(sessions, &ada.id).await?.is_empty());
    let by_first = SessionsAfterChange::End {
        but: Some(GoesOn {
            session: id(0),
            old: Some(third),
            new: stamp("fourth"),
        }),
    };
    change(&store, &ada, "fourth", Some(by_first)).await?;
    assert!(good(sessions, &ada.id).await?.is_empty());
    Ok(())
}

/// Whether .NET deleted it or we did.
pub async fn a_deleted_account_has_no_sessions(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(sessions, &ada, [0]).await?;
    add(sessions, &bob, [1]).await?;
    let event = event(EventKind::Deleted, &ada).with_sessions(Some(SessionsAfterChange::Removed));
    assert!(store.accounts().delete(&ada.id, &event).await?);
    assert!(good(sessions, &ada.id).await?.is_empty());
    assert_eq!(good(sessions, &bob.id).await?, [1]);
    let removed = sessions.remove_unseen(NOW + Duration::DAY, 10).await?;
    assert_eq!(removed, 1, "the other one's");

    let eve = create(&store, "eve").await?;
    add(sessions, &eve, [2]).await?;
    assert!(crate::fixture::delete(&store, &eve.id).await?);
    assert!(good(sessions, &eve.id).await?.is_empty());
    assert!(sessions.list(&eve.id, 10).await?.is_empty());
    Ok(())
}

/// As .NET does, which knows of no sessions.
pub async fn a_session_ends_with_the_stamp_whoever_changes_it(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, [0]).await?;
    change(&store, &ada, "second", None).await?;
    assert!(good(sessions, &ada.id).await?.is_empty());
    assert!(sessions.list(&ada.id, 10).await?.is_empty());
    Ok(())
}

/// Whichever of the two is first.
pub async fn a_lock_and_a_sign_in_at_once_leave_no_session(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    for round in 0..5 {
        let ada = create(&store, &format!("ada{round}")).await?;
        in_parallel(9, |i| {
            let (store, ada) = (store.clone(), ada.clone());
            async move {
                let Some(sessions) = store.sessions() else {
                    return Ok(());
                };
                match i {
                    4 => lock(&store, &ada).await,
                    i => {
                        let session = session(u8::try_from(10 * round + i).unwrap_or_default(), &ada);
                        sessions.add(&session, 100).await.map(drop)
                    }
                }
            }
        })
        .await?;
        assert_eq!(sessions.list(&ada.id, 10).await?, [], "{round}");
    }
    Ok(())
}
