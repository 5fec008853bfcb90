//! Sessions for tests, and shorthands for the steps of their store.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use wicketgate_identity::account::{Change, Expected};
use wicketgate_identity::session::{Session, SessionId, SessionKind, SessionsAfterChange, SignInMethod};
use wicketgate_identity::store::{ChangeOutcome, SessionStore};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

use crate::Store;
use crate::fixture::{NOW, stamp};

/// .NET's `DateTimeOffset.MaxValue`.
const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_9 UTC);

pub(crate) fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

/// A session that was last used as many minutes after [`NOW`] as its number says.
pub(crate) fn session(number: u8, user: &User) -> Session {
    let seen = NOW + Duration::minutes(number.into());
    Session {
        id: id(number),
        user: user.id.clone(),
        kind: SessionKind::Cookie,
        created: NOW,
        last_seen: seen,
        authenticated: NOW,
        methods: vec![SignInMethod::Password],
        credential: None,
        client: None,
        user_agent: None,
        security_stamp: user.security_stamp.clone(),
    }
}

pub(crate) async fn add(
    sessions: &dyn SessionStore,
    user: &User,
    numbers: impl IntoIterator<Item = u8>,
) -> Result<(), StoreError> {
    for number in numbers {
        assert!(sessions.add(&session(number, user), 100).await?, "{number}");
    }
    Ok(())
}

/// Which of the first ten sessions can be used.
pub(crate) async fn good(sessions: &dyn SessionStore, user: &UserId) -> Result<Vec<u8>, StoreError> {
    let mut good = Vec::new();
    for number in 0..10 {
        if sessions.find(&id(number), user).await?.is_some() {
            good.push(number);
        }
    }
    Ok(good)
}

pub(crate) fn event(kind: EventKind, user: &User) -> Event {
    Event::new(kind, Some(user.id.clone()), NOW)
}

/// A new stamp, and what that does to the sessions.
pub(crate) async fn change(
    store: &Store,
    user: &User,
    new: &str,
    sessions: Option<SessionsAfterChange>,
) -> Result<(), StoreError> {
    let change = Change::SecurityStamp(stamp(new));
    let event = event(EventKind::PasswordChanged, user).with_sessions(sessions);
    let outcome = store.accounts().change(&user.id, Expected::Account, &change, &event);
    assert_eq!(outcome.await?, ChangeOutcome::Changed);
    Ok(())
}

/// As an operator does.
pub(crate) async fn lock(store: &Store, user: &User) -> Result<(), StoreError> {
    let lock = Change::LockoutEnd(Some(FOR_EVER));
    let ends = SessionsAfterChange::End { but: None };
    let event = event(EventKind::Locked(FOR_EVER), user).with_sessions(Some(ends));
    let outcome = store.accounts().change(&user.id, Expected::Account, &lock, &event);
    assert_eq!(outcome.await?, ChangeOutcome::Changed);
    Ok(())
}
