//! Adding, finding and listing sessions.

use time::{Duration, OffsetDateTime};

use wicketgate_identity::account::Change;
use wicketgate_identity::session::{SeenDevice, Session, SessionId, SessionKind, SignInMethod};
use wicketgate_identity::store::EndSessions;
use wicketgate_identity::{EventKind, StoreError, User, UserId};

use super::fixture::{add, event, good, id, lock, session};
use crate::Store;
use crate::fixture::{NOW, change_anyway, create, in_parallel, look_alikes, user};

/// With all that it has.
pub async fn a_session_is_found_as_it_was_added(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, [0]).await?;
    let full = Session {
        kind: SessionKind::Token,
        created: NOW + Duration::MICROSECOND,
        last_seen: NOW + Duration::microseconds(2),
        authenticated: NOW + Duration::microseconds(3),
        methods: vec![SignInMethod::Password, SignInMethod::Authenticator],
        credential: Some("key".repeat(300)),
        client: Some("2001:db8:1234::/48".to_owned()),
        user_agent: Some("Firefox on Windows".to_owned()),
        ..session(1, &ada)
    };
    assert!(sessions.add(&full, 100).await?);
    assert_eq!(sessions.find(&id(0), &ada.id).await?, Some(session(0, &ada)));
    assert_eq!(sessions.find(&id(1), &ada.id).await?, Some(full));
    assert_eq!(sessions.find(&id(2), &ada.id).await?, None);
    Ok(())
}

/// Nobody else has it, however alike the ids look.
pub async fn a_session_is_found_by_its_own_user_alone(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(sessions, &ada, [0]).await?;
    for other in look_alikes(&ada.id)
        .iter()
        .chain([&bob.id, &UserId::from_stored("a\0")])
    {
        assert_eq!(sessions.find(&id(0), other).await?, None, "{other}");
        assert!(sessions.list(other, 10).await?.is_empty(), "{other}");
        let why = event(EventKind::SessionEnded, &ada);
        let ended = sessions.end(other, EndSessions::One(&id(0)), &why).await?;
        assert_eq!(ended, 0, "{other}");
    }
    assert_eq!(good(sessions, &ada.id).await?, [0]);
    Ok(())
}

/// No more than are asked for.
pub async fn sessions_are_listed_as_they_were_used_last(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(sessions, &ada, [2, 0, 4]).await?;
    add(sessions, &bob, [3]).await?;
    let later = NOW + Duration::minutes(6);
    sessions.mark_seen(&id(0), later).await?;
    sessions.mark_seen(&id(0), NOW).await?;
    let ids = |sessions: Vec<Session>| -> Vec<SessionId> { sessions.into_iter().map(|session| session.id).collect() };
    let listed = sessions.list(&ada.id, 10).await?;
    assert_eq!(listed.first().map(|session| session.last_seen), Some(later));
    assert_eq!(ids(listed), [id(0), id(4), id(2)]);
    assert_eq!(ids(sessions.list(&ada.id, 2).await?), [id(0), id(4)]);
    Ok(())
}

/// The one used last first.
pub async fn devices_are_listed_although_their_sessions_have_ended(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    for number in 0..3_u8 {
        let device = Session {
            client: Some(format!("192.0.{number}.0/24")),
            user_agent: (number > 0).then(|| format!("Program {number}")),
            created: NOW + Duration::seconds(number.into()),
            ..session(number, &ada)
        };
        assert!(sessions.add(&device, 100).await?);
    }
    add(sessions, &bob, [3]).await?;
    let why = event(EventKind::SignedOut, &ada);
    sessions.end(&ada.id, EndSessions::One(&id(1)), &why).await?;
    let seen = |number: u8| SeenDevice {
        user_agent: (number > 0).then(|| format!("Program {number}")),
        client: Some(format!("192.0.{number}.0/24")),
        began: NOW + Duration::seconds(number.into()),
    };
    assert_eq!(sessions.devices(&ada.id, 10).await?, [seen(2), seen(1), seen(0)]);
    assert_eq!(sessions.devices(&ada.id, 2).await?, [seen(2), seen(1)]);
    assert!(sessions.devices(&UserId::from_stored("nobody"), 10).await?.is_empty());
    Ok(())
}

/// Which no session that has ended can tell of.
pub async fn the_user_of_a_session_proves_again_who_they_are(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(sessions, &ada, [0, 1]).await?;
    let later = NOW + Duration::HOUR;
    let methods = [SignInMethod::RecoveryCode];
    assert!(sessions.mark_authenticated(&id(0), &ada.id, &methods, later).await?);
    let found = sessions.find(&id(0), &ada.id).await?;
    let seen = found.map(|session| (session.authenticated, session.methods));
    assert_eq!(seen, Some((later, methods.to_vec())));

    assert!(!sessions.mark_authenticated(&id(0), &bob.id, &methods, later).await?);
    let why = event(EventKind::SignedOut, &ada);
    assert_eq!(sessions.end(&ada.id, EndSessions::One(&id(1)), &why).await?, 1);
    assert!(!sessions.mark_authenticated(&id(1), &ada.id, &methods, later).await?);
    Ok(())
}

/// Those that have ended, too.
pub async fn unseen_sessions_are_removed(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, 0..4).await?;
    let why = event(EventKind::SignedOut, &ada);
    assert_eq!(sessions.end(&ada.id, EndSessions::One(&id(0)), &why).await?, 1);
    let before: OffsetDateTime = NOW + Duration::minutes(2);
    assert_eq!(sessions.remove_unseen(before, 10).await?, 2);
    assert_eq!(sessions.remove_unseen(before, 10).await?, 0);
    assert_eq!(good(sessions, &ada.id).await?, [2, 3]);
    let before = NOW + Duration::DAY;
    assert_eq!(sessions.remove_unseen(before, 1).await?, 1);
    assert_eq!(good(sessions, &ada.id).await?, [3], "the one that was seen first");
    Ok(())
}

/// Failures that lock it do not count: a stranger's guesses keep nobody from signing in by other means.
pub async fn no_session_begins_for_an_account_that_is_gone_or_locked_or_changed(
    store: Store,
) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    let bare = User {
        security_stamp: None,
        ..ada.clone()
    };
    assert!(!sessions.add(&session(0, &bare), 100).await?);
    assert!(!sessions.add(&session(1, &user("nobody")), 100).await?);
    let strange = User {
        id: UserId::from_stored("a\0"),
        ..ada.clone()
    };
    assert!(!sessions.add(&session(2, &strange), 100).await?);
    change_anyway(&store, &ada.id, Change::LockoutEnd(Some(NOW + Duration::DAY))).await?;
    assert!(sessions.add(&session(3, &ada), 100).await?);
    lock(&store, &ada).await?;
    assert!(!sessions.add(&session(4, &ada), 100).await?);
    change_anyway(&store, &ada.id, Change::LockoutEnabled(false)).await?;
    assert!(sessions.add(&session(5, &ada), 100).await?, "the lock counts no more");
    assert!(crate::fixture::delete(&store, &ada.id).await?);
    assert!(!sessions.add(&session(6, &ada), 100).await?);
    let left = sessions.remove_unseen(NOW + Duration::DAY, 10).await?;
    assert_eq!(left, 2, "of all, these two were added");
    Ok(())
}

/// What has ended makes room first, and then what was used longest ago; of other accounts nothing does.
pub async fn an_account_has_no_more_sessions_than_it_may(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(sessions, &bob, [9]).await?;
    add(sessions, &ada, [0, 2, 1]).await?;
    let why = event(EventKind::SignedOut, &ada);
    assert_eq!(sessions.end(&ada.id, EndSessions::One(&id(2)), &why).await?, 1);
    for (number, left) in [(3, &[0, 1, 3][..]), (4, &[1, 3, 4]), (5, &[3, 4, 5])] {
        assert!(sessions.add(&session(number, &ada), 3).await?);
        assert_eq!(good(sessions, &ada.id).await?, left);
    }
    sessions.mark_seen(&id(3), NOW + Duration::HOUR).await?;
    in_parallel(4, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let Some(sessions) = store.sessions() else {
                return Ok(true);
            };
            let number = u8::try_from(10 + i).unwrap_or_default();
            sessions.add(&session(number, &ada), 3).await
        }
    })
    .await?;
    let left = async || -> Result<Vec<SessionId>, StoreError> {
        let left = sessions.list(&ada.id, 10).await?;
        Ok(left.into_iter().map(|session| session.id).collect())
    };
    assert_eq!(left().await?, [id(3), id(13), id(12)]);
    assert!(sessions.add(&session(14, &ada), 2).await?, "fewer than there are");
    assert_eq!(left().await?, [id(3), id(14)]);
    assert_eq!(good(sessions, &bob.id).await?, [9]);
    Ok(())
}
